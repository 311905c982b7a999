import type { CommandReply } from '@fleetbook/contracts';
import type { CommandMessage, HeldInstance, LedgerEvent } from '@fleetbook/domain';

/** A decision on its way into the log. */
export interface PendingDecision {
  readonly message: CommandMessage;
  readonly commandHash: string;
  readonly events: readonly [LedgerEvent, ...LedgerEvent[]];
  /** The stored text of each event. */
  readonly eventTexts: readonly string[];
  /** Sum of the texts' lengths in UTF-8. */
  readonly eventBytes: number;
  /** Of the node a RegisterNode names: what it holds at this decision. */
  readonly held: readonly HeldInstance[] | undefined;
  readonly reply: (reply: CommandReply) => void;
}
