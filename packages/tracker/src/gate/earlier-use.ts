import { type CommandMessage, isSameActor, type LedgerEvent } from '@fleetbook/domain';
import { hashCommand } from '@fleetbook/event-log';
import { givenClaimIds, wantedClaimIds } from './claim-ids.ts';
import { idsOf, placeOf } from './command-ids.ts';

/**
 * What an earlier decision is to a command: that on the very same one, that on another one of its sender's under the
 * same id, or one that gave a claim of somebody else's the id that this one would give.
 */
export type EarlierUse = 'repeated' | 'reused' | 'taken';

/** @param recorded all events of a decision; undefined is the answer where they have nothing to do with the command. */
export function earlierUse(message: CommandMessage, recorded: readonly LedgerEvent[]): EarlierUse | undefined {
  const [first] = recorded;
  if (first === undefined) {
    return undefined;
  }
  if (isOf(message, first)) {
    return isSame(message, first) ? 'repeated' : 'reused';
  }
  return takesClaimIdOf(message, recorded) ? 'taken' : undefined;
}

/** Whether the decision answers one of the ids that this command would answer. */
function isOf(message: CommandMessage, first: LedgerEvent): boolean {
  if (!isSameActor(first.actor, message.actor)) {
    return false;
  }
  const place = placeOf(message.commandId, first);
  if (place !== undefined && first.type === 'AtomicBatchApplied' && first.data.parts[place] === null) {
    return false;
  }
  const ids = idsOf(first);
  return idsOf(message).some((id) => ids.includes(id));
}

/** Whether the command would give a claim the id that another actor's claim has. */
function takesClaimIdOf(message: CommandMessage, recorded: readonly LedgerEvent[]): boolean {
  const given = givenClaimIds(recorded);
  return wantedClaimIds(message).some((id) => given.includes(id));
}

function isSame(message: CommandMessage, first: LedgerEvent): boolean {
  const commandText = JSON.stringify(message.command);
  if (first.commandId === message.commandId) {
    return first.commandHash === hashCommand(message, commandText);
  }
  const place = placeOf(message.commandId, first);
  const part = place === undefined || first.command?.type !== 'AtomicBatch' ? undefined : first.command.commands[place];
  return part !== undefined && JSON.stringify(part) === commandText && first.issuedAt === message.issuedAt;
}
