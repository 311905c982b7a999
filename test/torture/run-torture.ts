// Kills and stops the processes of a real cell under load, and checks what is left:
//   npm run torture                          200 kills
//   npm run torture -- --kills 20 --seed 7   fewer, and the same choices again
//   npm run torture -- --minutes 60          as many as fit
// The last line is one JSON object. Exit code 1 when something was lost, doubled or unlike. See docs/torture.md.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { torture } from './torture.ts';

const USAGE = 'usage: npm run torture -- [--kills N | --minutes N] [--seed N]\n';
const DEFAULT_KILLS = 200;

/** What belongs to a torture and is not done here, with where it is done instead. */
const LEFT_OUT = [
  {
    fault: 'power cut (unsynced writes lost)',
    reason: 'needs a disk that can forget, which takes rights over devices; the simulator has one (npm run soak)',
  },
  { fault: 'full disk', reason: 'has a test of its own: packages/cli/src/full-disk.e2e.test.ts' },
  { fault: 'cluster of three servers', reason: 'one nats-server is started here' },
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, kills: { type: 'string' }, minutes: { type: 'string' } },
  });
  const seed = Number(values.seed ?? randomInt(2 ** 30));
  const minutes = Number(values.minutes ?? Infinity);
  const kills = Number(values.kills ?? (values.minutes === undefined ? DEFAULT_KILLS : Infinity));
  if (!Number.isSafeInteger(seed) || !(minutes > 0) || !(kills > 0)) {
    process.stderr.write(USAGE);
    return 2;
  }
  process.stdout.write(`seed ${seed}\n`);
  for (const { fault, reason } of LEFT_OUT) {
    process.stdout.write(`left out: ${fault}: ${reason}\n`);
  }
  const onFault = (line: string): void => void process.stdout.write(`${line}\n`);
  const result = await torture({ seed, kills, minutes, onFault });
  for (const line of result.wrong) {
    process.stderr.write(`WRONG: ${line}\n`);
  }
  process.stdout.write(`${JSON.stringify({ ...result, leftOut: LEFT_OUT })}\n`);
  return result.ok ? 0 : 1;
}

process.exitCode = await main();
