import type { OtherDecision } from '@fleetbook/contracts';

/** Several actors may use one command id: the decisions besides the one that is told, and how to look at them. */
export function otherFacts(others: readonly OtherDecision[]): readonly (readonly [string, string])[] {
  return others.map(({ number, outcome, actor }) => [
    'also',
    `${actor.role} ${actor.id} used this id: ${outcome}, event ${number} (fleetbook explain ${number})`,
  ]);
}
