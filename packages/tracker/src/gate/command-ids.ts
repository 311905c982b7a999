import { type CommandMessage, type LedgerEvent, partId } from '@fleetbook/domain';

type Named = Pick<CommandMessage, 'commandId'> & { readonly command?: CommandMessage['command'] };

/** The ids that one decision answers: that of its command, and those of the parts of an atomic batch. */
export function idsOf({ commandId, command }: Named): readonly string[] {
  return command?.type === 'AtomicBatch'
    ? [commandId, ...command.commands.map((_, place) => partId(commandId, place))]
    : [commandId];
}

/** Which part of a recorded atomic batch has this id; undefined when none has. */
export function placeOf(commandId: string, first: LedgerEvent): number | undefined {
  const place = idsOf(first).indexOf(commandId, 1);
  return place === -1 ? undefined : place - 1;
}
