import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectFleetbook } from '@fleetbook/client';
import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Config } from '@fleetbook/operations';
import { readMachines, readTasks } from '@fleetbook/workload';
import { type Call, type Ending, type Failure, NO, OK, type Run } from '../call.ts';
import { type RunningCell, startCell } from '../run/cell.ts';
import { readConfig } from '../session/config.ts';
import { packageVersion } from '../version.ts';
import { type Proof, proveByReplay } from './digests.ts';
import { readFills } from './fleet-usage.ts';
import { clearForDemo, hasOrphans } from './fresh-directory.ts';
import { type Played, play, type Trace } from './play.ts';
import { type DemoResult, printReport } from './report.ts';

const DEFAULT_CELL = 'main';
const DEFAULT_DIRECTORY = '.fleetbook/demo';
const DEFAULT_SEED = 2_023;
const TIMEOUT_MS = 30_000;
const TRACE = fileURLToPath(new URL('../../../../test/data/openb', import.meta.url));

/** Fills a real fleet through NATS, kills services on the way, and proves the result by replay. */
export const demo: Run = async (call) => {
  const startedAt = performance.now();
  const directory = resolve(call.directory, call.args.text('data') ?? DEFAULT_DIRECTORY);
  const trace = await readTrace(call);
  if (!trace.ok) {
    return { failure: trace.error };
  }
  const started = await startFresh(call, directory);
  if (!started.ok) {
    return { failure: started.error };
  }
  try {
    return await Promise.race([
      run(call, trace.value, started.value, startedAt),
      started.value.failed.then((failure): Ending => ({ failure })),
      interruption(call),
    ]);
  } finally {
    await started.value.stop();
  }
};

/** Every so many machines and tasks, so that a small demo has all kinds of them. */
const thinned = <Item>(items: readonly Item[], wanted: number | undefined): readonly Item[] => {
  const count = Math.min(wanted ?? items.length, items.length);
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]).filter(
    (item) => item !== undefined,
  );
};

const readTrace = async (call: Call): Promise<Result<Trace, Failure>> => {
  if (!existsSync(TRACE)) {
    const reason = 'it is in a clone of the repository, not in the package';
    return fail(fleetbookError('UNAVAILABLE', { service: 'the trace of the demo', reason }));
  }
  const [machines, tasks] = await Promise.all([readMachines(TRACE), readTasks(TRACE)]);
  return succeed({
    machines: thinned(machines, call.args.number('nodes')),
    tasks: thinned(tasks, call.args.number('tasks')),
  });
};

/** An EventStoreDB outlives the directory: each demo in one gets a cell, and so a log, of its own. */
const cellOf = ({ log }: Config): string =>
  log.adapter === 'jetstream' ? DEFAULT_CELL : `demo-${randomBytes(4).toString('hex')}`;

/** Starts a cell on an empty directory: what an earlier demo left there goes, unless it still runs. */
const startFresh = async (call: Call, directory: string): Promise<Result<RunningCell, Failure>> => {
  const config = readConfig(call.environment);
  if (!config.ok) {
    return config;
  }
  const { environment } = call;
  const options = { directory, cell: cellOf(config.value), config: config.value, environment, port: 0 };
  if (hasOrphans(directory)) {
    const left = await startCell(options);
    if (!left.ok) {
      return left;
    }
    await left.value.stop();
  }
  const cleared = await clearForDemo(directory);
  if (!cleared.ok) {
    return cleared;
  }
  const started = await startCell(options);
  if (started.ok) {
    await Promise.all([started.value.tracker.whenReady(), started.value.projector.whenReady()]);
  }
  return started;
};

const interruption = (call: Call): Promise<Ending> =>
  new Promise((end) => {
    const onAbort = (): void => end({ exitCode: 130 });
    call.stop.addEventListener('abort', onAbort);
    if (call.stop.aborted) {
      onAbort();
    }
  });

const run = async (call: Call, trace: Trace, cell: RunningCell, startedAt: number): Promise<Ending> => {
  const { natsUrl, user, password } = cell.endpoint;
  const fleetbook = await connectFleetbook({
    servers: [natsUrl],
    ...(user === undefined || password === undefined ? {} : { user, password }),
    cell: cell.endpoint.cell,
    client: { name: 'fleetbook-demo', version: packageVersion() },
    timeoutMs: TIMEOUT_MS,
  });
  try {
    const played = await play(trace, cell, fleetbook, call.args.number('seed') ?? DEFAULT_SEED, call.terminal);
    const asked = fleetbook.as('operator', 'demo-report');
    const models = [...new Set(trace.machines.flatMap(({ gpuModel }) => (gpuModel === '' ? [] : [gpuModel])))];
    const fills = await readFills(asked, models, played.lastToken);
    const proof = await proveByReplay(cell.directory);
    const result = resultOf(trace, played, proof, (performance.now() - startedAt) / 1_000);
    printReport(call.terminal, result, played.tally, fills, nextCommands(played, cell, call));
    for (const fault of proof.faults) {
      call.terminal.say(`fault: ${fault}`);
    }
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(result));
    }
    return proof.faults.length === 0 ? OK : NO;
  } finally {
    await fleetbook.close();
  }
};

const round = (value: number, places: number): number => Number(value.toFixed(places));

const resultOf = (trace: Trace, played: Played, proof: Proof, seconds: number): DemoResult => ({
  nodes: trace.machines.length,
  commands: played.commands,
  accepted: played.tally.held.length,
  refused: Object.fromEntries(played.tally.refused),
  dropped: played.dropped,
  secondAct: played.secondAct,
  events: proof.events,
  commits: proof.commits,
  killed: played.killed,
  claimsPerSecond: round(played.claimsPerSecond, 1),
  claimP50Ms: round(played.tally.quiet.p50Ms, 3),
  claimP99Ms: round(played.tally.quiet.p99Ms, 3),
  digests: proof.digests,
  seconds: round(seconds, 1),
});

/** Three commands that work on what the demo left behind, with nothing running. */
const nextCommands = ({ tally, dropped }: Played, { endpoint }: RunningCell, call: Call): readonly string[] => {
  const held = tally.held.at(-1);
  const log = call.environment['FLEETBOOK_LOG'];
  const setting = log === undefined ? '' : `FLEETBOOK_LOG='${log}' `;
  const cell = endpoint.cell === DEFAULT_CELL ? '' : ` --cell ${endpoint.cell}`;
  const command = (words: string): string =>
    `${setting}npm run --silent fleetbook -- ${words}${cell} --data ${call.args.text('data') ?? DEFAULT_DIRECTORY}`;
  return [
    ...(held === undefined ? [] : [command(`node show ${held.node}`)]),
    ...(tally.shown === undefined ? [] : [command(`command show ${tally.shown.commandId}`)]),
    ...(dropped === 0 ? [] : [command('verify')]),
  ];
};
