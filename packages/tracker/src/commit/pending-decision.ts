import type { OutgoingReply } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import type { Holdings } from '../gate/holdings.ts';

/** A decision on its way into the log. */
export interface PendingDecision {
  readonly events: readonly [LedgerEvent, ...LedgerEvent[]];
  /** The stored text of each event. */
  readonly eventTexts: readonly string[];
  /** That of the first event's data; absent for what the writer decided by itself. */
  readonly dataText?: string;
  /** Sum of the texts' lengths in UTF-8. */
  readonly eventBytes: number;
  /** Ids of the nodes it concerns. */
  readonly nodes: readonly string[];
  /** Of the node a RegisterNode names: what it holds at this decision. */
  readonly holdings: Holdings | undefined;
  /** Absent for what the writer decided by itself. */
  readonly reply: ((reply: OutgoingReply) => void) | undefined;
}
