import type { Actor, Command, CommandMessage, CommandType } from '@fleetbook/domain';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type * as z from 'zod';
import { type FleetbookError, fleetbookError } from '../errors/error.ts';
import { formatPath } from '../json/field-path.ts';
import { type JsonObject, readJson } from '../json/reader.ts';
import { faultOf } from '../json/zod-fault.ts';
import { isId } from '../names.ts';
import type { SenderRole } from '../subjects.ts';
import { MAXIMUM_BATCH } from './instance-schemas.ts';
import { isQuickClaim } from './quick-claim.ts';
import { isQuickReport } from './quick-report.ts';
import { COMMAND_BODY_SCHEMAS } from './schemas.ts';
import { TO_DOMAIN } from './to-domain.ts';

/** Who sends, as the subject says. */
export interface Sender {
  readonly role: SenderRole;
  readonly actor: string;
}

/** Why a command cannot be read, with its id where that could be read. */
export interface CommandFault extends FleetbookError {
  readonly commandId?: string;
}

type CommandReading = Result<CommandMessage, CommandFault>;

interface Envelope {
  readonly commandId: string;
  readonly issuedAt: number;
  readonly correlationId?: string;
}

type Reader = (body: JsonObject, actor: Actor) => CommandReading;

const withCommandId = (error: FleetbookError, commandId: unknown): CommandFault =>
  typeof commandId === 'string' && isId(commandId) ? { ...error, commandId } : error;

const messageOf = ({ commandId, issuedAt, correlationId }: Envelope, actor: Actor, command: Command): CommandMessage =>
  correlationId === undefined
    ? { commandId, issuedAt, actor, command }
    : { commandId, issuedAt, correlationId, actor, command };

const readerOf =
  <Body extends Envelope>(
    schema: z.ZodType<Body>,
    toCommand: (body: Body) => Command,
    isQuick?: (body: JsonObject) => body is JsonObject & Body,
  ): Reader =>
  (body, actor) => {
    if (isQuick?.(body)) {
      return succeed(messageOf(body, actor, toCommand(body)));
    }
    const parsed = schema.safeParse(body);
    return parsed.success
      ? succeed(messageOf(parsed.data, actor, toCommand(parsed.data)))
      : fail(withCommandId(faultOf(parsed.error.issues, body), body['commandId']));
  };

const READERS: Readonly<Record<CommandType, Reader>> = {
  RegisterNode: readerOf(COMMAND_BODY_SCHEMAS.RegisterNode, TO_DOMAIN.RegisterNode),
  ReportInventory: readerOf(COMMAND_BODY_SCHEMAS.ReportInventory, TO_DOMAIN.ReportInventory, isQuickReport),
  EnableNode: readerOf(COMMAND_BODY_SCHEMAS.EnableNode, TO_DOMAIN.EnableNode),
  DisableNode: readerOf(COMMAND_BODY_SCHEMAS.DisableNode, TO_DOMAIN.DisableNode),
  RetireNode: readerOf(COMMAND_BODY_SCHEMAS.RetireNode, TO_DOMAIN.RetireNode),
  MarkNodeDown: readerOf(COMMAND_BODY_SCHEMAS.MarkNodeDown, TO_DOMAIN.MarkNodeDown),
  RevokeCheckpoint: readerOf(COMMAND_BODY_SCHEMAS.RevokeCheckpoint, TO_DOMAIN.RevokeCheckpoint),
  TransferNode: readerOf(COMMAND_BODY_SCHEMAS.TransferNode, TO_DOMAIN.TransferNode),
  SetInventoryPolicy: readerOf(COMMAND_BODY_SCHEMAS.SetInventoryPolicy, TO_DOMAIN.SetInventoryPolicy),
  SetAggregates: readerOf(COMMAND_BODY_SCHEMAS.SetAggregates, TO_DOMAIN.SetAggregates),
  SetOverlay: readerOf(COMMAND_BODY_SCHEMAS.SetOverlay, TO_DOMAIN.SetOverlay),
  SetDriftPolicy: readerOf(COMMAND_BODY_SCHEMAS.SetDriftPolicy, TO_DOMAIN.SetDriftPolicy),
  Reshape: readerOf(COMMAND_BODY_SCHEMAS.Reshape, TO_DOMAIN.Reshape),
  ReportBuildResult: readerOf(COMMAND_BODY_SCHEMAS.ReportBuildResult, TO_DOMAIN.ReportBuildResult),
  ReportInstanceState: readerOf(COMMAND_BODY_SCHEMAS.ReportInstanceState, TO_DOMAIN.ReportInstanceState),
  ReportGuests: readerOf(COMMAND_BODY_SCHEMAS.ReportGuests, TO_DOMAIN.ReportGuests),
  ClaimInstance: readerOf(COMMAND_BODY_SCHEMAS.ClaimInstance, TO_DOMAIN.ClaimInstance, isQuickClaim),
  ConfirmClaim: readerOf(COMMAND_BODY_SCHEMAS.ConfirmClaim, TO_DOMAIN.ConfirmClaim),
  AbortClaim: readerOf(COMMAND_BODY_SCHEMAS.AbortClaim, TO_DOMAIN.AbortClaim),
  DropInstance: readerOf(COMMAND_BODY_SCHEMAS.DropInstance, TO_DOMAIN.DropInstance),
  ShelveOffload: readerOf(COMMAND_BODY_SCHEMAS.ShelveOffload, TO_DOMAIN.ShelveOffload),
  RebuildInstance: readerOf(COMMAND_BODY_SCHEMAS.RebuildInstance, TO_DOMAIN.RebuildInstance),
  AdoptInstance: readerOf(COMMAND_BODY_SCHEMAS.AdoptInstance, TO_DOMAIN.AdoptInstance),
  ForceDrop: readerOf(COMMAND_BODY_SCHEMAS.ForceDrop, TO_DOMAIN.ForceDrop),
  ClaimMove: readerOf(COMMAND_BODY_SCHEMAS.ClaimMove, TO_DOMAIN.ClaimMove),
  AdvanceMove: readerOf(COMMAND_BODY_SCHEMAS.AdvanceMove, TO_DOMAIN.AdvanceMove),
  ConfirmMove: readerOf(COMMAND_BODY_SCHEMAS.ConfirmMove, TO_DOMAIN.ConfirmMove),
  RevertMove: readerOf(COMMAND_BODY_SCHEMAS.RevertMove, TO_DOMAIN.RevertMove),
  FailMove: readerOf(COMMAND_BODY_SCHEMAS.FailMove, TO_DOMAIN.FailMove),
  CancelMove: readerOf(COMMAND_BODY_SCHEMAS.CancelMove, TO_DOMAIN.CancelMove),
  DropMoveClaim: readerOf(COMMAND_BODY_SCHEMAS.DropMoveClaim, TO_DOMAIN.DropMoveClaim),
  AtomicBatch: readerOf(COMMAND_BODY_SCHEMAS.AtomicBatch, TO_DOMAIN.AtomicBatch),
};

const isCommandType = (text: unknown): text is CommandType => typeof text === 'string' && Object.hasOwn(READERS, text);

/**
 * Reads a command's body; type, role and actor are those of its subject.
 * Errors: those of `readJson`, UNKNOWN_FIELD and INVALID_FIELD with the field's path.
 */
export const parseCommand = (sender: Sender & { readonly command: CommandType }, bytes: Uint8Array): CommandReading => {
  const body = readJson(bytes);
  return body.ok ? READERS[sender.command](body.value, { role: sender.role, id: sender.actor }) : body;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readEntry = (entry: unknown, actor: Actor): CommandReading => {
  if (!isObject(entry)) {
    return fail(fleetbookError('INVALID_FIELD', { path: formatPath([]), rule: 'object' }));
  }
  const { type, ...body } = entry;
  return isCommandType(type)
    ? READERS[type](body, actor)
    : fail(
        withCommandId(
          type === undefined
            ? fleetbookError('INVALID_FIELD', { path: 'type', rule: 'required' })
            : fleetbookError('UNKNOWN_COMMAND', { command: String(type).slice(0, 64) }),
          body['commandId'],
        ),
      );
};

const readAtomic = (body: JsonObject, actor: Actor): Result<readonly CommandReading[], FleetbookError> => {
  const { atomic, ...batch } = body;
  return atomic === true
    ? succeed([READERS.AtomicBatch(batch, actor)])
    : fail(fleetbookError('INVALID_FIELD', { path: 'atomic', rule: 'one of: true' }));
};

/**
 * Reads a batch of 1 to 64 commands: `{"commands":[{"type":…, …the command's body}]}`.
 * A body that is no batch fails as a whole; otherwise each command succeeds or fails by itself, in order.
 * With `"atomic":true` the rest is the body of one AtomicBatch, and there is one reading.
 */
export const parseBatch = (sender: Sender, bytes: Uint8Array): Result<readonly CommandReading[], FleetbookError> => {
  const body = readJson(bytes);
  if (!body.ok) {
    return body;
  }
  const actor: Actor = { role: sender.role, id: sender.actor };
  if (Object.hasOwn(body.value, 'atomic')) {
    return readAtomic(body.value, actor);
  }
  const { commands, ...others } = body.value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return fail(fleetbookError('UNKNOWN_FIELD', { path: formatPath([unknown]) }));
  }
  if (!Array.isArray(commands) || commands.length === 0 || commands.length > MAXIMUM_BATCH) {
    const rule = commands === undefined ? 'required' : `array of 1 to ${MAXIMUM_BATCH} commands`;
    return fail(fleetbookError('INVALID_FIELD', { path: 'commands', rule }));
  }
  return succeed(commands.map((entry: unknown) => readEntry(entry, actor)));
};
