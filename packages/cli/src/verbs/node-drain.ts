import { fleetbookError, formatToken, type PastFacts } from '@fleetbook/contracts';
import {
  apply,
  type DrainStep,
  emptyLedger,
  fail,
  type Ledger,
  planDrain,
  type Result,
  succeed,
} from '@fleetbook/domain';
import { ORIGIN } from '@fleetbook/event-log';
import { type Call, type Ending, type Failure, NO, OK, type Run } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { releaseWords } from '../output/release.ts';
import { type Column, printTable } from '../output/table.ts';
import { openCallLog } from '../session/log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';
import { asOfIn, rangeOf } from '../session/log-range.ts';
import { sayWhen } from '../session/question.ts';
import { readOn } from '../session/read-on.ts';

interface FoldedLog {
  readonly ledger: Ledger;
  readonly number: number;
  readonly at: number;
  /** Where it was asked of an instant. */
  readonly past?: PastFacts;
}

/** Planned here, on a fold of the log: a plan needs what every claim asked for, which no question answers. */
export const nodeDrain: Run = async (call): Promise<Ending> => {
  const node = call.args.word('NODE');
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  const folded = await foldTo(call, opened.value).finally(() => opened.value.close());
  if (!folded.ok) {
    return { failure: folded.error };
  }
  const { ledger, number, at, past } = folded.value;
  const status = ledger.nodes.get(node)?.status;
  if (status === undefined) {
    return { failure: fleetbookError('NOT_FOUND', { kind: 'node', id: node }) };
  }
  const steps = planDrain(ledger, node);
  const stand = {
    token: formatToken(ledger.cell?.historyId ?? '', number),
    at,
    ...(past === undefined ? {} : { past }),
  };
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ outcome: 'answer', ...stand, answer: { node, status, steps } }));
  } else {
    if (steps.length === 0) {
      call.terminal.print(`${node} holds nothing: fleetbook node retire ${node} --yes`);
    } else {
      printTable(call.terminal, columnsFor(status.kind === 'down'), steps);
    }
    sayWhen(call.terminal, stand);
  }
  return steps.some(({ kind }) => kind === 'no-destination' || kind === 'outright') ? NO : OK;
};

/** The state before the commit with the instant, and that commit as far as it goes; of no instant the whole log. */
async function foldTo(call: Call, opened: OpenLog): Promise<Result<FoldedLog, Failure>> {
  const asOf = asOfIn(call);
  if (!asOf.ok) {
    return asOf;
  }
  const instant = asOf.value ?? (opened.incident === undefined ? undefined : String(opened.incident.to));
  const range = await rangeOf(call, opened, instant === undefined ? {} : { from: instant, to: instant });
  if (!range.ok) {
    return range;
  }
  const { after = ORIGIN, to = Number.POSITIVE_INFINITY, start, end } = range.value ?? {};
  const ledger = start?.view.ledger ?? emptyLedger();
  let last = { number: after.number, at: start?.view.at ?? 0 };
  const read = await orFailure(async () => {
    for await (const commits of readOn(opened.log, after)) {
      for (const event of commits.flatMap(({ events }) => events).filter(({ number }) => number <= to)) {
        apply(ledger, event);
        last = event;
      }
      if (last.number >= to) {
        return;
      }
    }
  });
  return read.ok
    ? succeed({ ledger, ...{ number: last.number, at: last.at }, ...(end === undefined ? {} : { past: end }) })
    : fail(read.error);
}

function columnsFor(isDown: boolean): readonly Column<DrainStep>[] {
  return [
    { title: 'instance', cell: ({ instance }) => instance },
    { title: 'now', cell: ({ kind }) => kind },
    { title: 'what to do', cell: (step) => adviceFor(step, isDown) },
    { title: 'would charge', cell: (step) => (step.kind === 'move' ? chargeText(step.charge) : '') },
  ];
}

function adviceFor(step: DrainStep, isDown: boolean): string {
  switch (step.kind) {
    case 'move': {
      const kind = isDown ? 'evacuation' : 'live';
      return `fleetbook move claim ${step.instance} --kind ${kind} --destination ${step.destination}`;
    }
    case 'no-destination':
      return 'no other node takes it after the moves above: make room on one';
    case 'outright':
      return 'it named its providers: choose others with move claim --file';
    case 'unconfirmed':
      return `fleetbook instance confirm ${step.instance}, or abort`;
    case 'releasing':
      return `fleetbook ${releaseWords(step.instance, step.becomes)}, as the agent of the node`;
    case 'moving':
      return `fleetbook move show ${step.moveId}: see it to its end`;
    case 'side':
      return step.state === 'held'
        ? `fleetbook move show ${step.moveId}: see it to its end`
        : `fleetbook move drop ${step.moveId}, as the agent of the node`;
  }
}
