import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run torture -- [--kills N] [--minutes N] [--seed N] [--cluster | --eventstoredb]
                               [--no-full-disk] [--lazy-sync]
  --kills N       ends after so many killed processes: 200, unless --minutes is given
  --minutes N     ends after this time: 30, unless --kills is given
  --seed N        the same choices as the run that printed this seed
  --cluster       the log on three nats-servers instead of one
  --eventstoredb  the log in the EventStoreDB of FLEETBOOK_TEST_EVENTSTORE_URL
  --no-full-disk  without the cell on a small disk at the end
  --lazy-sync     one server that acknowledges before it has synced: a power cut is to be found out
`;

export interface Options {
  readonly seed: number;
  readonly kills: number;
  readonly minutes: number;
  readonly ground: 'one server' | 'cluster' | 'EventStoreDB';
  readonly fillsDisk: boolean;
  readonly isLazy: boolean;
}

const DEFAULT_KILLS = 200;
/** Several times what the default kills take on two cores: a run that lasts longer is stuck, or its machine is. */
const DEFAULT_MINUTES = 30;

/** Undefined when the line cannot be understood. */
export function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parse(args) ?? {};
  const kinds = [values?.cluster, values?.eventstoredb, values?.['lazy-sync']];
  if (values === undefined || kinds.filter((isChosen) => isChosen === true).length > 1) {
    return undefined;
  }
  const isUnbounded = values.kills === undefined && values.minutes === undefined;
  const seed = Number(values.seed ?? randomInt(2 ** 30));
  const kills = Number(values.kills ?? (isUnbounded ? DEFAULT_KILLS : Infinity));
  const minutes = Number(values.minutes ?? (isUnbounded ? DEFAULT_MINUTES : Infinity));
  const ground = values.cluster === true ? 'cluster' : values.eventstoredb === true ? 'EventStoreDB' : 'one server';
  const isLazy = values['lazy-sync'] === true;
  const fillsDisk = ground === 'one server' && values['no-full-disk'] !== true && !isLazy;
  const isSound = Number.isSafeInteger(seed) && kills > 0 && minutes > 0;
  return isSound ? { seed, kills, minutes, ground, fillsDisk, isLazy } : undefined;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const numbers = { seed: text, kills: text, minutes: text };
    const flags = { cluster: flag, eventstoredb: flag, 'no-full-disk': flag, 'lazy-sync': flag };
    return parseArgs({ args: [...args], options: { ...numbers, ...flags } });
  } catch {
    return undefined;
  }
}
