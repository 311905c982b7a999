import type { CellPolicies, CommandMessage, LedgerEvent } from '@fleetbook/domain';
import { batchOfPart } from '@fleetbook/projector/past';
import { idsOf } from '@fleetbook/tracker/rules';
import { decisionOf } from '../explain/find-decision.ts';
import { withCommandHash } from '../explain/judge-again.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { positionsAt, readNumbers } from '../past/event-source.ts';
import type { Moment } from '../past/moment.ts';

export type DecisionOfCommand = readonly [LedgerEvent, ...LedgerEvent[]];

/** The decisions on commands with one of the ids of this one that a tracker still knew at an instant, oldest first. */
export async function earlierDecisions(
  index: ReplayIndex,
  message: CommandMessage,
  { number, at }: Pick<Moment, 'number' | 'at'>,
  policies: CellPolicies,
): Promise<readonly DecisionOfCommand[]> {
  const numbers = new Set<number>();
  for (const id of new Set(idsOf(message).flatMap((each) => [each, batchOfPart(each) ?? each]))) {
    (await positionsAt(index, number).command(id)).numbers.forEach((each) => void numbers.add(each));
  }
  const found: DecisionOfCommand[] = [];
  for (const event of await readNumbers(index, Array.from(numbers))) {
    const [first, ...rest] = await decisionOf(index, event);
    if (first !== undefined && isRemembered(first, policies, at)) {
      found.push([hashed(first), ...rest]);
    }
  }
  return found;
}

/** Outcomes are kept for so long after they were recorded, or after their command says it was issued. */
export function isRemembered(first: LedgerEvent, { outcomeRetentionMs }: CellPolicies, at: number): boolean {
  return Math.max(first.at, first.issuedAt ?? first.at) >= at - outcomeRetentionMs;
}

/** Decisions that were never recorded have no hashes of commands. */
export function hashed(first: LedgerEvent): LedgerEvent {
  return first.commandHash === undefined ? withCommandHash(first) : first;
}
