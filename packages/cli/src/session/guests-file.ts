import { parseCommand } from '@fleetbook/contracts';
import { type AdoptInstance, fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { bodyOf } from './command.ts';
import { readJsonFile } from './json-file.ts';

/** The guests of a file `{"guests":[{"instance":…,"node":…,"charge":[…]}]}`, each checked by itself. */
export async function readGuests(
  call: Call,
  actor: string,
  name: string,
): Promise<Result<readonly AdoptInstance[], Failure>> {
  const file = await readJsonFile(call, 'from', name);
  if (!file.ok) {
    return file;
  }
  const guests = guestsIn(file.value);
  if (guests === undefined) {
    return fail(usageFailure('--from names a file of the form {"guests":[{"instance":…,"node":…,"charge":[…]}]}'));
  }
  const adoptions: AdoptInstance[] = [];
  for (const [place, guest] of guests.entries()) {
    const read = readGuest(call, actor, guest);
    if (!read.ok) {
      const next = [`It is guest ${place} of the file, counted from 0: ${JSON.stringify(guest).slice(0, 200)}`];
      return fail({ ...read.error, next });
    }
    adoptions.push(read.value);
  }
  const names = new Set<string>();
  const twice = adoptions.find(({ instance }) => names.size === names.add(instance).size);
  return twice === undefined ? succeed(adoptions) : fail(usageFailure(`--from lists ${twice.instance} twice`));
}

function guestsIn(value: unknown): readonly unknown[] | undefined {
  const guests = typeof value === 'object' && value !== null && 'guests' in value ? value.guests : undefined;
  return Array.isArray(guests) && guests.length > 0 ? guests : undefined;
}

function readGuest(call: Call, actor: string, guest: unknown): Result<AdoptInstance, Failure> {
  if (typeof guest !== 'object' || guest === null) {
    return fail(usageFailure('A guest is a JSON object'));
  }
  const node = call.args.text('node');
  const body = bodyOf(call, { ...(node === undefined ? {} : { node }), ...guest });
  const read = parseCommand({ role: 'operator', actor, command: 'AdoptInstance' }, Buffer.from(JSON.stringify(body)));
  if (!read.ok) {
    const { code, message, retry, details } = read.error;
    return fail({ code, message, retry, details });
  }
  const { command } = read.value;
  return command.type === 'AdoptInstance' ? succeed(command) : fail(usageFailure('A guest is adopted'));
}
