import type { Command, CommandType, Origin } from '@fleetbook/domain';
import type { BatchEntry, CommandFields } from './client.ts';

type Builders = {
  readonly [Type in CommandType]: (
    origin: Origin,
    fields: CommandFields<Type>,
  ) => Extract<Command, { readonly type: Type }>;
};

const BUILDERS: Builders = {
  RegisterNode: (origin, fields) => ({ type: 'RegisterNode', origin, ...fields }),
  ReportInventory: (origin, fields) => ({ type: 'ReportInventory', origin, ...fields }),
  EnableNode: (origin, fields) => ({ type: 'EnableNode', origin, ...fields }),
  DisableNode: (origin, fields) => ({ type: 'DisableNode', origin, ...fields }),
  RetireNode: (origin, fields) => ({ type: 'RetireNode', origin, ...fields }),
  ClaimInstance: (origin, fields) => ({ type: 'ClaimInstance', origin, ...fields }),
  ConfirmClaim: (origin, fields) => ({ type: 'ConfirmClaim', origin, ...fields }),
  AbortClaim: (origin, fields) => ({ type: 'AbortClaim', origin, ...fields }),
  DropInstance: (origin, fields) => ({ type: 'DropInstance', origin, ...fields }),
};

export const toCommand = <Type extends CommandType>(
  type: Type,
  fields: CommandFields<Type>,
  origin: Origin,
): Extract<Command, { readonly type: Type }> => BUILDERS[type](origin, fields);

/** The command of a batch entry; its command id belongs to the envelope. */
export const entryToCommand = ({ commandId: _, ...command }: BatchEntry, origin: Origin): Command => ({
  ...command,
  origin,
});
