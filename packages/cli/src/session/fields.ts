import type { SenderRole } from '@fleetbook/contracts';
import { type CommandType, type Result, succeed } from '@fleetbook/domain';
import type { Call, Ending, Failure } from '../call.ts';
import { sendCommand } from './command.ts';
import { readFileFlag } from './json-file.ts';
import { readAmounts, readTraits } from './request.ts';

export type Fields = Readonly<Record<string, unknown>>;

type FieldsOrFailure = Result<Fields, Failure>;

/** Sends a command with the fields of `--file`, over which those that `given` makes of the flags prevail. */
export async function sendGiven(
  call: Call,
  type: CommandType,
  role: SenderRole,
  given: (file: Fields) => FieldsOrFailure | Promise<FieldsOrFailure>,
): Promise<Ending> {
  const file = await readFileFlag(call);
  if (!file.ok) {
    return { failure: file.error };
  }
  const fields = await given(file.value);
  return fields.ok
    ? sendCommand(call, { type, role, fields: { ...file.value, ...fields.value } })
    : { failure: fields.error };
}

/** The fields whose flags are there; `flags` names the field of each. */
export function textFields(call: Call, flags: Readonly<Record<string, string>>): Fields {
  return fieldsOf(flags, (flag) => call.args.text(flag));
}

/** Likewise for whole numbers and durations. */
export function numberFields(call: Call, flags: Readonly<Record<string, string>>): Fields {
  return fieldsOf(flags, (flag) => call.args.number(flag));
}

function fieldsOf(flags: Readonly<Record<string, string>>, read: (flag: string) => unknown): Fields {
  const values = Object.entries(flags).map(([flag, field]) => [field, read(flag)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** The field `request` that `--resource` and `--trait` make; none without them. */
export function requestFields(call: Call): FieldsOrFailure {
  const amounts = readAmounts(call);
  if (!amounts.ok) {
    return amounts;
  }
  const traits = readTraits(call);
  const request = {
    ...(amounts.value === undefined ? {} : { resources: amounts.value }),
    ...(traits === undefined ? {} : { traits }),
  };
  return succeed(Object.keys(request).length === 0 ? {} : { request });
}

/** The role of `--role`; without the flag the one that usually does this. */
export function roleOf(call: Call, usual: SenderRole): SenderRole {
  const role = call.args.text('role');
  return role === 'agent' || role === 'scheduler' || role === 'operator' ? role : usual;
}
