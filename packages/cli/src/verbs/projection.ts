import { setTimeout as delay } from 'node:timers/promises';
import { fleetbookError, type ProjectionAnswer } from '@fleetbook/contracts';
import { type Call, type Ending, NO, OK, type Run } from '../call.ts';
import { type Column, printTable, styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { ask } from '../session/question.ts';
import { findReplicas, nobodyAnswers, type Replicas } from '../session/replicas.ts';
import { withSource } from '../session/source.ts';
import { tellAtRest } from './at-rest.ts';

export const projectionStatus: Run = async (call): Promise<Ending> => {
  const reached = await waitForToken(call);
  if (reached !== undefined) {
    return reached;
  }
  const found = await findReplicas(call);
  if (!found.ok) {
    return { failure: found.error };
  }
  return found.value === undefined
    ? showDirectory(call)
    : using(found.value, (replicas) => showRunning(call, replicas));
};

export const projectionRebuild: Run = async (call): Promise<Ending> => {
  const found = await findReplicas(call);
  if (!found.ok) {
    return { failure: found.error };
  }
  return found.value === undefined
    ? { failure: fleetbookError('UNAVAILABLE', { service: 'The projector', reason: 'nothing runs here' }) }
    : using(found.value, (replicas) => rebuild(call, replicas));
};

/** The projectors tell of themselves at once; a token is waited for by another question. */
async function waitForToken(call: Call): Promise<Ending | undefined> {
  if (call.args.text('at-least') === undefined) {
    return undefined;
  }
  return withSource(call, async (source) => {
    const reply = await ask(call, source, 'nodes', { limit: 1 });
    return reply.ok ? OK : { failure: reply.error };
  }).then((ending) => (ending === OK ? undefined : ending));
}

async function using(replicas: Replicas, work: (replicas: Replicas) => Promise<Ending>): Promise<Ending> {
  try {
    return await work(replicas);
  } finally {
    await replicas.close();
  }
}

function showDirectory(call: Call): Promise<Ending> {
  return withSource(call, (source) => tellAtRest(call, source, (error) => ({ replicas: [], differing: [], error })));
}

async function showRunning(call: Call, replicas: Replicas): Promise<Ending> {
  const answers = await replicas.ask();
  if (answers.length === 0) {
    return { failure: nobodyAnswers(replicas.cell) };
  }
  const ending = show(call, replicas.cell, answers);
  return answers.some(({ isServing }) => isServing) ? ending : NO;
}

function show(call: Call, cell: string, replicas: readonly ProjectionAnswer[]): Ending {
  const { terminal } = call;
  const differing = differingNumbers(replicas);
  if (call.args.isSet('json')) {
    terminal.print(JSON.stringify({ cell, replicas, differing }));
  } else {
    printTable(terminal, COLUMNS, replicas);
    printChecks(terminal, replicas);
    for (const number of differing) {
      terminal.print(
        styled(terminal, 'red', `the digests differ at event ${number}: fleetbook verify tells who is right`),
      );
    }
    terminal.say(styled(terminal, 'dim', `cell ${cell}`));
  }
  return differing.length > 0 || replicas.some(({ status }) => status === 'red') ? NO : OK;
}

/** Replicas at different events may differ; at the same one they must not. */
function differingNumbers(replicas: readonly ProjectionAnswer[]): readonly number[] {
  const numbers = new Set(replicas.map(({ number }) => number));
  return [...numbers].filter((number) => {
    const here = replicas.filter((replica) => replica.number === number);
    return new Set(here.map(({ digestVersion, digest }) => `${digestVersion} ${digest}`)).size > 1;
  });
}

const COLUMNS: readonly Column<ProjectionAnswer>[] = [
  { title: 'replica', cell: ({ id }) => id.slice(0, 8) },
  { title: 'process', cell: ({ pid }) => String(pid) },
  { title: 'status', cell: ({ status }) => status },
  { title: 'serving', cell: ({ isServing }) => (isServing ? 'yes' : 'no') },
  { title: 'event', cell: ({ number }) => number, isNumeric: true },
  { title: 'lag', cell: ({ lagMs, lagEvents }) => `${lagMs} ms, ${lagEvents}`, isNumeric: true },
  { title: 'checkpoint', cell: checkpointText, isNumeric: true },
  { title: 'fold', cell: ({ foldVersion }) => foldVersion, isNumeric: true },
  { title: 'digest', cell: ({ digest }) => digest },
];

function checkpointText({ checkpoint, number }: ProjectionAnswer): string {
  if (checkpoint === undefined) {
    return 'none';
  }
  const behind = number - checkpoint.number;
  return behind === 0 ? String(checkpoint.number) : `${checkpoint.number}, ${behind} behind`;
}

function printChecks(terminal: Terminal, replicas: readonly ProjectionAnswer[]): void {
  const open = replicas.flatMap(({ id, checks }) =>
    checks.filter(({ status }) => status !== 'green').map((check) => ({ id, ...check })),
  );
  if (open.length > 0) {
    terminal.print('');
    printTable(
      terminal,
      [
        { title: 'replica', cell: ({ id }) => id.slice(0, 8) },
        { title: 'check', cell: ({ name }) => name },
        { title: 'status', cell: ({ status }) => status },
        { title: 'reason', cell: ({ reason }) => reason ?? '' },
      ],
      open,
    );
  }
}

const DEFAULT_TIMEOUT_MS = 600_000;
const POLL_MS = 200;

async function rebuild(call: Call, replicas: Replicas): Promise<Ending> {
  const before = new Set((await replicas.ask()).map(({ id }) => id));
  const answers = await replicas.rebuild();
  if (answers.length === 0) {
    return { failure: nobodyAnswers(replicas.cell) };
  }
  const leaving = answers.filter(({ isReplaced }) => isReplaced).map(({ id }) => id);
  const left = answers.filter(({ isReplaced }) => !isReplaced).map(({ id }) => id);
  call.terminal.say(`${leaving.length} replaced by a process beside it, ${left.length} to be replaced by who runs it`);
  const timeoutMs = call.args.number('timeout') ?? DEFAULT_TIMEOUT_MS;
  const endsAtMs = call.startedMs + timeoutMs;
  for (;;) {
    const now = await replicas.ask();
    const rebuilt = now.filter(({ id, isServing }) => isServing && !before.has(id));
    const areGone = !now.some(({ id }) => leaving.includes(id));
    if (areGone && rebuilt.length >= leaving.length) {
      return showRebuilt(call, replicas.cell, rebuilt, left);
    }
    if (now.some(({ id, checks }) => !before.has(id) && checks.some(isDisagreement))) {
      return show(call, replicas.cell, now);
    }
    if (performance.now() >= endsAtMs) {
      return { failure: fleetbookError('TIMEOUT', { timeoutMs }) };
    }
    await delay(POLL_MS);
  }
}

function isDisagreement({ name, status }: ProjectionAnswer['checks'][number]): boolean {
  return name === 'agreement' && status === 'red';
}

function showRebuilt(call: Call, cell: string, rebuilt: readonly ProjectionAnswer[], left: readonly string[]): Ending {
  const { terminal } = call;
  if (call.args.isSet('json')) {
    terminal.print(JSON.stringify({ cell, rebuilt, left }));
  } else {
    if (rebuilt.length > 0) {
      printTable(terminal, COLUMNS, rebuilt);
    }
    for (const id of left) {
      terminal.print(`${id}: start another projector, wait until it serves, then stop this one`);
    }
  }
  return left.length > 0 ? NO : OK;
}
