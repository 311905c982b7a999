import type { AtomicBatch, BatchPart, CommandMessage } from '../command.ts';
import type { CommandResult, Decision, JudgedAt } from '../decision.ts';
import type { BatchPartEvent, LedgerEvent } from '../event.ts';
import { partId } from '../evolve/batch-parts.ts';
import { evolve } from '../evolve/evolve.ts';
import { install, revert } from '../evolve/install.ts';
import type { Change, Ledger } from '../ledger.ts';
import type { Refused } from './answer.ts';

export type Decide = (ledger: Ledger, message: CommandMessage, judgedAt: JudgedAt) => Decision;

/** Nodes as the part at a place is to see them while it is judged, made of the ledger that the earlier parts leave. */
export type See = (command: BatchPart, place: number) => readonly Change[];

/** What the parts of a batch came to, one after the other: their events and results, or the first refusal. */
export type Trial =
  | { readonly kind: 'refused'; readonly decision: Refused; readonly place: number }
  | {
      readonly kind: 'taken';
      readonly parts: readonly (BatchPartEvent | null)[];
      readonly results: readonly (CommandResult | null)[];
      /** What each part changes. */
      readonly changes: readonly (readonly Change[])[];
    };

/** Does something on the ledger as it would be after some changes, and takes them back whatever happens. */
const withChanges = <Value>(ledger: Ledger, run: (apply: (changes: readonly Change[]) => void) => Value): Value => {
  const installed: Change[] = [];
  try {
    return run((changes) => {
      install(ledger, changes);
      installed.push(...changes);
    });
  } finally {
    revert(ledger, installed);
  }
};

const PART_TYPES: ReadonlySet<string> = new Set<BatchPartEvent['type']>([
  'InstanceClaimed',
  'ClaimConfirmed',
  'ClaimAborted',
  'DropRequested',
  'InstanceDropped',
  'InstanceOffloaded',
  'InstanceRebuilt',
  'MoveClaimed',
  'MoveAdvanced',
  'MoveCompleted',
  'MoveConfirmed',
  'MoveReverted',
  'MoveCancelled',
  'MoveFailed',
  'MoveClaimDropped',
  'MoveReleaseRequested',
]);

const isPart = (event: { readonly type: string }): event is BatchPartEvent => PART_TYPES.has(event.type);

const partOf = (decision: Extract<Decision, { kind: 'accepted' }>): BatchPartEvent => {
  const [event, ...more] = decision.events;
  if (!isPart(event) || more.length > 0) throw new Error(`${event.type} cannot be part of a batch`);
  return event;
};

const partEvent = (
  message: CommandMessage<AtomicBatch>,
  command: BatchPart,
  place: number,
  part: BatchPartEvent,
  judgedAt: JudgedAt,
): LedgerEvent => {
  const commandId = partId(message.commandId, place);
  const { actor } = message;
  return { number: judgedAt.number + 1, at: judgedAt.at, commandId, index: 0, count: 1, actor, command, ...part };
};

/** Judges the parts in order, each on what the ones before it did and on some nodes as it sees them. */
export const tryParts = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
  see: See,
): Trial =>
  withChanges(ledger, (apply) => {
    const parts: (BatchPartEvent | null)[] = [];
    const results: (CommandResult | null)[] = [];
    const changes: (readonly Change[])[] = [];
    for (const [place, command] of message.command.commands.entries()) {
      const { actor, issuedAt } = message;
      const commandId = partId(message.commandId, place);
      const decision = withChanges(ledger, (show) => {
        show(see(command, place));
        return decide(ledger, { commandId, issuedAt, actor, command }, judgedAt);
      });
      if (decision.kind === 'rejected') return { kind: 'refused', decision, place };
      const part = decision.kind === 'unchanged' ? null : partOf(decision);
      const made = part === null ? [] : evolve(ledger, partEvent(message, command, place, part, judgedAt));
      apply(made);
      parts.push(part);
      results.push(decision.kind === 'unchanged' ? decision.result : null);
      changes.push(made);
    }
    return { kind: 'taken', parts, results, changes };
  });
