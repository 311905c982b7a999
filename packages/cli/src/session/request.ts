import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';

const PAIR = /^([^=]+)=(.*)$/s;

/** The values of a repeated `KEY=VALUE` flag, in order. */
export function readPairs(call: Call, flag: string): Result<ReadonlyMap<string, string>, Failure> {
  const pairs = new Map<string, string>();
  for (const text of call.args.texts(flag)) {
    const [, key, value] = PAIR.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      return fail(usageFailure(`--${flag} ${text} is not of the form KEY=VALUE`));
    }
    if (pairs.has(key)) {
      return fail(usageFailure(`--${flag} names ${key} twice`));
    }
    pairs.set(key, value);
  }
  return succeed(pairs);
}

/** Amounts by resource class, from the repeated `--resource CLASS=AMOUNT`; undefined without one. */
export function readAmounts(call: Call): Result<Readonly<Record<string, number>> | undefined, Failure> {
  const pairs = readPairs(call, 'resource');
  if (!pairs.ok) {
    return pairs;
  }
  const wrong = [...pairs.value].find(([, amount]) => !/^\d{1,16}$/.test(amount));
  if (wrong !== undefined) {
    return fail(usageFailure(`--resource ${wrong.join('=')}: the amount is a whole number`));
  }
  const amounts = Object.fromEntries([...pairs.value].map(([name, amount]) => [name, Number(amount)]));
  return succeed(pairs.value.size === 0 ? undefined : amounts);
}

/** The traits required and, with `!` before them, forbidden; undefined without `--trait`. */
export function readTraits(call: Call) {
  const traits = call.args.texts('trait');
  const required = traits.filter((trait) => !trait.startsWith('!'));
  const forbidden = traits.filter((trait) => trait.startsWith('!')).map((trait) => trait.slice(1));
  return traits.length === 0
    ? undefined
    : { ...(required.length === 0 ? {} : { required }), ...(forbidden.length === 0 ? {} : { forbidden }) };
}
