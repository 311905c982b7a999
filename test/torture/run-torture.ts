// Kills and stops the processes of a real cell under load, and checks what is left:
//   npm run torture                          200 kills
//   npm run torture -- --kills 20 --seed 7   fewer, and the same choices again
//   npm run torture -- --minutes 60          as many as fit
//   npm run torture -- --cluster             on three servers
// The last line is one JSON object. Exit code 1 when something was lost, doubled or unlike. See docs/torture.md.
import { type FullDisk, fillDisk } from './full-disk.ts';
import { startCluster } from './grounds/cluster.ts';
import { startOnEventStore } from './grounds/event-store.ts';
import type { Ground } from './grounds/ground.ts';
import { startOneServer } from './grounds/one-server.ts';
import { type Options, optionsOf, USAGE } from './options.ts';
import { torture } from './torture.ts';

/** Undefined where it is not known where the log is to be kept. */
function startGround({ ground, isLazy }: Options): Promise<Ground> | undefined {
  const connectionString = process.env['FLEETBOOK_TEST_EVENTSTORE_URL'];
  const pid = process.env['FLEETBOOK_TEST_EVENTSTORE_PID'];
  if (ground !== 'EventStoreDB') {
    return ground === 'cluster' ? startCluster() : startOneServer({ isLazy });
  }
  return connectionString === undefined
    ? undefined
    : startOnEventStore({ connectionString, pid: pid === undefined ? undefined : Number(pid) });
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const starting = startGround(options);
  if (starting === undefined) {
    process.stderr.write('FLEETBOOK_TEST_EVENTSTORE_URL is not set: it names the EventStoreDB to keep the log in\n');
    return 2;
  }
  say(`seed ${options.seed}`);
  const ground = await starting;
  try {
    return await report(ground, options);
  } finally {
    await ground.stop();
  }
}

async function report(ground: Ground, options: Options): Promise<number> {
  for (const { fault, reason } of ground.leftOut) {
    say(`left out: ${fault}: ${reason}`);
  }
  const { wrong: found, ...result } = await torture(ground, { ...options, onFault: say });
  const filled: FullDisk =
    options.fillsDisk && found.length === 0
      ? await fillDisk(say)
      : { ok: false, reason: 'a small disk is filled at the end of a run on one server that found nothing wrong' };
  const { leftOut, wrong, fullDisk } = withDisk(ground, found, filled);
  for (const line of wrong) {
    process.stderr.write(`WRONG: ${line}\n`);
  }
  const ok = wrong.length === 0;
  say(JSON.stringify({ ok, log: ground.name, seed: options.seed, ...result, fullDisk, wrong, leftOut }));
  return ok ? 0 : 1;
}

function withDisk({ leftOut }: Ground, wrong: readonly string[], filled: FullDisk) {
  if (!filled.ok) {
    return { leftOut: [...leftOut, { fault: 'full disk', reason: filled.reason }], wrong };
  }
  const { rounds, acknowledged } = filled;
  return { leftOut, wrong: [...wrong, ...filled.wrong], fullDisk: { rounds, acknowledged } };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

// Whoever is interrupted ends what it has started, at its end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}
process.exitCode = await main(process.argv.slice(2));
