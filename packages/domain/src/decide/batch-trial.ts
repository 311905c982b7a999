import type { AtomicBatch, BatchPart, CommandMessage } from '../command.ts';
import type { CommandResult, Decision, JudgedAt } from '../decision.ts';
import type { BatchPartEvent, LedgerEvent } from '../event.ts';
import { partId } from '../evolve/batch-parts.ts';
import { evolve } from '../evolve/evolve.ts';
import { install, revert } from '../evolve/install.ts';
import type { Change, Ledger } from '../ledger.ts';
import type { Refused } from './answer.ts';

export type Decide = (ledger: Ledger, message: CommandMessage, judgedAt: JudgedAt) => Decision;

/** What the parts of a batch came to, one after the other: their events and results, or the first refusal. */
export type Trial =
  | { readonly kind: 'refused'; readonly decision: Refused; readonly place: number }
  | {
      readonly kind: 'taken';
      readonly parts: readonly (BatchPartEvent | null)[];
      readonly results: readonly (CommandResult | null)[];
      readonly changes: readonly Change[];
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

/** Judges the parts in order, each on what the ones before it did, on a ledger with some nodes seen otherwise. */
export const tryParts = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  decide: Decide,
  seen: readonly Change[],
): Trial =>
  withChanges(ledger, (apply) => {
    apply(seen);
    const parts: (BatchPartEvent | null)[] = [];
    const results: (CommandResult | null)[] = [];
    const done: Change[] = [];
    for (const [place, command] of message.command.commands.entries()) {
      const { actor, issuedAt } = message;
      const commandId = partId(message.commandId, place);
      const decision = decide(ledger, { commandId, issuedAt, actor, command }, judgedAt);
      if (decision.kind === 'rejected') return { kind: 'refused', decision, place };
      if (decision.kind === 'unchanged') {
        parts.push(null);
        results.push(decision.result);
        continue;
      }
      const part = partOf(decision);
      const changes = evolve(ledger, partEvent(message, command, place, part, judgedAt));
      apply(changes);
      done.push(...changes);
      parts.push(part);
      results.push(null);
    }
    return { kind: 'taken', parts, results, changes: done };
  });

/** What the parts change on the ledger as it is. */
export const changesOfParts = (
  ledger: Ledger,
  message: CommandMessage<AtomicBatch>,
  judgedAt: JudgedAt,
  parts: readonly (BatchPartEvent | null)[],
): readonly Change[] =>
  withChanges(ledger, (apply) => {
    const done: Change[] = [];
    for (const [place, command] of message.command.commands.entries()) {
      const part = parts[place];
      if (part === null || part === undefined) continue;
      const changes = evolve(ledger, partEvent(message, command, place, part, judgedAt));
      apply(changes);
      done.push(...changes);
    }
    return done;
  });
