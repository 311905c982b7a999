import type { BatchPart, Command, CommandType, Origin } from '@fleetbook/domain';
import type { AtomicPart, BatchEntry, CommandFields } from './client.ts';

type Builders = {
  readonly [Type in CommandType]: (
    origin: Origin,
    fields: CommandFields<Type>,
  ) => Extract<Command, { readonly type: Type }>;
};

const toPart = (part: AtomicPart, origin: Origin): BatchPart => {
  const head = { type: part.type, origin };
  return { ...head, ...part };
};

const BUILDERS: Builders = {
  RegisterNode: (origin, fields) => ({ type: 'RegisterNode', origin, ...fields }),
  ReportInventory: (origin, fields) => ({ type: 'ReportInventory', origin, ...fields }),
  EnableNode: (origin, fields) => ({ type: 'EnableNode', origin, ...fields }),
  DisableNode: (origin, fields) => ({ type: 'DisableNode', origin, ...fields }),
  RetireNode: (origin, fields) => ({ type: 'RetireNode', origin, ...fields }),
  MarkNodeDown: (origin, fields) => ({ type: 'MarkNodeDown', origin, ...fields }),
  RevokeCheckpoint: (origin, fields) => ({ type: 'RevokeCheckpoint', origin, ...fields }),
  TransferNode: (origin, fields) => ({ type: 'TransferNode', origin, ...fields }),
  SetInventoryPolicy: (origin, fields) => ({ type: 'SetInventoryPolicy', origin, ...fields }),
  SetAggregates: (origin, fields) => ({ type: 'SetAggregates', origin, ...fields }),
  SetOverlay: (origin, fields) => ({ type: 'SetOverlay', origin, ...fields }),
  SetDriftPolicy: (origin, fields) => ({ type: 'SetDriftPolicy', origin, ...fields }),
  Reshape: (origin, fields) => ({ type: 'Reshape', origin, ...fields }),
  ReportBuildResult: (origin, fields) => ({ type: 'ReportBuildResult', origin, ...fields }),
  ReportInstanceState: (origin, fields) => ({ type: 'ReportInstanceState', origin, ...fields }),
  ReportGuests: (origin, fields) => ({ type: 'ReportGuests', origin, ...fields }),
  ClaimInstance: (origin, fields) => ({ type: 'ClaimInstance', origin, ...fields }),
  ConfirmClaim: (origin, fields) => ({ type: 'ConfirmClaim', origin, ...fields }),
  AbortClaim: (origin, fields) => ({ type: 'AbortClaim', origin, ...fields }),
  DropInstance: (origin, fields) => ({ type: 'DropInstance', origin, ...fields }),
  ShelveOffload: (origin, fields) => ({ type: 'ShelveOffload', origin, ...fields }),
  RebuildInstance: (origin, fields) => ({ type: 'RebuildInstance', origin, ...fields }),
  AdoptInstance: (origin, fields) => ({ type: 'AdoptInstance', origin, ...fields }),
  ForceDrop: (origin, fields) => ({ type: 'ForceDrop', origin, ...fields }),
  ClaimMove: (origin, fields) => ({ type: 'ClaimMove', origin, ...fields }),
  AdvanceMove: (origin, fields) => ({ type: 'AdvanceMove', origin, ...fields }),
  ConfirmMove: (origin, fields) => ({ type: 'ConfirmMove', origin, ...fields }),
  RevertMove: (origin, fields) => ({ type: 'RevertMove', origin, ...fields }),
  FailMove: (origin, fields) => ({ type: 'FailMove', origin, ...fields }),
  CancelMove: (origin, fields) => ({ type: 'CancelMove', origin, ...fields }),
  DropMoveClaim: (origin, fields) => ({ type: 'DropMoveClaim', origin, ...fields }),
  AtomicBatch: (origin, { commands }) => ({
    type: 'AtomicBatch',
    origin,
    commands: commands.map((part) => toPart(part, origin)),
  }),
};

/** Throws a RangeError for a type that there is not, which only JavaScript can give. */
export const toCommand = <Type extends CommandType>(
  type: Type,
  fields: CommandFields<Type>,
  origin: Origin,
): Extract<Command, { readonly type: Type }> => {
  if (!Object.hasOwn(BUILDERS, type)) {
    throw new RangeError(`not a command: ${JSON.stringify(type)}`);
  }
  return BUILDERS[type](origin, fields);
};

/** The command of a batch entry; its command id belongs to the envelope. */
export const entryToCommand = ({ commandId: _, ...command }: BatchEntry, origin: Origin): Command =>
  command.type === 'AtomicBatch' ? BUILDERS.AtomicBatch(origin, command) : { ...command, origin };
