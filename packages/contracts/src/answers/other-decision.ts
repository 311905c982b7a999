import type { LedgerEvent } from '@fleetbook/domain';

/** Another decision under the same command id: of another actor. */
export interface OtherDecision {
  /** Of its first event. */
  readonly number: number;
  readonly outcome: 'accepted' | 'refused';
  readonly actor: LedgerEvent['actor'];
}

/** @param first of the decision's events. */
export const otherDecisionOf = ({ number, type, actor }: LedgerEvent): OtherDecision => ({
  number,
  outcome: type === 'CommandRejected' ? 'refused' : 'accepted',
  actor,
});
