import type { CommandResult } from './decision.ts';
import type { LedgerEvent } from './event.ts';
import { nodeResultOf } from './result-of-node.ts';

/**
 * The result of an accepted decision, rebuilt from its events: what a repeat of the command is answered with.
 * Throws an Error when the events are not an accepted decision of a command.
 */
export const resultOf = (events: readonly LedgerEvent[]): CommandResult => {
  const [first] = events;
  if (first?.command === undefined || first.type === 'CommandRejected') {
    throw new Error(`event ${first?.number ?? 'none'} begins no accepted decision of a command`);
  }
  const { command } = first;
  switch (command.type) {
    case 'ClaimInstance':
      if (first.type !== 'InstanceClaimed') break;
      return {
        type: command.type,
        node: first.data.node,
        instance: command.instance,
        claimId: first.commandId,
        charge: first.data.charge,
      };
    case 'ConfirmClaim':
    case 'AbortClaim':
    case 'DropInstance':
      return { type: command.type, node: command.node, instance: command.instance, claimId: command.claimId };
    default: {
      const result = nodeResultOf(command, first, events);
      if (result !== undefined) return result;
    }
  }
  throw new Error(`event ${first.number} ${first.type} does not answer ${command.type}`);
};
