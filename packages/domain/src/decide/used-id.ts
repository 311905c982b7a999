import type { Decision, JudgedAt } from '../decision.ts';
import type { Instance, Ledger } from '../ledger.ts';
import { reject } from './answer.ts';

/**
 * Refuses a claim or a move under the id of a move on record, or of the claim that its instance has: a late command
 * for the one would be taken for the other. Ids of claims that are over are not kept here. `record`: of the instance.
 */
export const refuseUsedId = (
  ledger: Ledger,
  id: string,
  instance: string,
  judgedAt: JudgedAt,
  record: Instance | undefined,
): Decision | undefined => {
  const isHeldUnder =
    (record?.status === 'held' && record.claim.claimId === id) ||
    (record?.status === 'offloaded' && record.claimId === id);
  return isHeldUnder || ledger.moves.has(id) ? reject('MOVE_ID_TAKEN', judgedAt, { moveId: id, instance }) : undefined;
};
