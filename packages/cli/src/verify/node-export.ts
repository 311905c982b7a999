import { fleetbookError, parseCommand } from '@fleetbook/contracts';
import {
  type Command,
  type CommandType,
  type FlatReport,
  type FullReport,
  fail,
  type ReportGuests,
  type Result,
  succeed,
} from '@fleetbook/domain';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { bodyOf } from '../session/command.ts';
import { readObjectFile } from '../session/json-file.ts';

/** What a node says of itself, at least one of the two. */
export interface NodeExport {
  readonly node: string;
  /** Undefined: it does not say, so that any is right. */
  readonly incarnation: number | undefined;
  readonly inventory: FullReport | FlatReport | undefined;
  readonly guests: ReportGuests | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const INVENTORY_FIELDS: readonly string[] = ['providers', 'totals'];
const GUEST_FIELDS: readonly string[] = ['guests', 'complete', 'takenAt'];
const FIELDS: readonly string[] = ['node', 'incarnation', ...INVENTORY_FIELDS, ...GUEST_FIELDS];

/**
 * Reads the file that `--against` names: what an agent sends as ReportInventory (`providers` or `totals`) and as
 * ReportGuests (`guests`, `complete`, `takenAt`), in one object, by the rules of these commands. Without `complete` it
 * lists all guests, without `takenAt` it is as new as what it is compared with. Errors: USAGE, those of a message body.
 */
export async function readNodeExport(call: Call, name: string): Promise<Result<NodeExport, Failure>> {
  const file = await readObjectFile(call, 'against', name);
  if (!file.ok) {
    return file;
  }
  const fields = file.value;
  const stray = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (stray !== undefined) {
    return fail(fleetbookError('UNKNOWN_FIELD', { path: stray }));
  }
  const { node, incarnation = 1 } = fields;
  const hasInventory = INVENTORY_FIELDS.some((field) => field in fields);
  if (!hasInventory && !('guests' in fields)) {
    return fail(usageFailure(`--against ${name} has neither providers, totals nor guests`));
  }
  const mode = 'totals' in fields ? 'flat' : 'full';
  const report = { node, incarnation, sequence: 1, mode, ...chosen(fields, INVENTORY_FIELDS) };
  const inventory = hasInventory ? readAs(call, 'ReportInventory', report) : succeed(undefined);
  const listed = {
    node,
    incarnation,
    complete: true,
    takenAt: Number.MAX_SAFE_INTEGER,
    ...chosen(fields, GUEST_FIELDS),
  };
  const guests = 'guests' in fields ? readAs(call, 'ReportGuests', listed) : succeed(undefined);
  if (!inventory.ok) {
    return inventory;
  }
  if (!guests.ok) {
    return guests;
  }
  return succeed({
    node: String(node),
    incarnation: 'incarnation' in fields ? Number(incarnation) : undefined,
    inventory: isTotals(inventory.value) ? inventory.value : undefined,
    guests: guests.value?.type === 'ReportGuests' ? guests.value : undefined,
  });
}

function isTotals(command: Command | undefined): command is FullReport | FlatReport {
  return command?.type === 'ReportInventory' && command.mode !== 'unsupported';
}

function chosen(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function readAs(call: Call, type: CommandType, fields: Fields): Result<Command, Failure> {
  const body = Buffer.from(JSON.stringify(bodyOf(call, fields)));
  const read = parseCommand({ role: 'agent', actor: 'verify', command: type }, body);
  if (read.ok) {
    return succeed(read.value.command);
  }
  const { code, message, retry, details } = read.error;
  return fail({ code, message, retry, details });
}
