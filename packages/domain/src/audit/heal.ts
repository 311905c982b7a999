import type { DriftPolicy } from '../command.ts';
import { type Drift, isSameDrift, type OpenDrift } from '../drift.ts';
import type { Heal } from '../event.ts';
import { fitAdoption } from '../fit/adoption.ts';
import { isGivenUp } from '../given-up.ts';
import type { Ledger, Node } from '../ledger.ts';
import { policiesOf } from '../policies.ts';
import type { ChargeLine } from '../request.ts';
import type { Audit } from './find-drifts.ts';

/** Two complete reports that miss a guest are at least this far apart before its charge is freed. */
const MISSING_GUEST_MS = 60_000;

/** As many charges a heal may free without being told to. */
export const freeLimitOf = (node: Node): number => Math.max(3, Math.floor(node.claimCount / 10));

export const driftPolicyOf = (ledger: Ledger, node: Node): DriftPolicy =>
  node.driftPolicy?.policy ?? policiesOf(ledger).driftPolicy ?? 'observe';

/** Missed by an earlier complete report of this incarnation, and listed anew since that one was recorded. */
const isMissedTwice = ({ node, report }: Audit, drift: OpenDrift | undefined, at: number): boolean =>
  drift !== undefined &&
  drift.incarnation === node.incarnation &&
  at - drift.since >= MISSING_GUEST_MS &&
  report.takenAt >= drift.foundAt;

const freedBy = (drift: Drift): Heal | undefined => {
  const { kind, instance, moveId, details } = drift;
  const claimId = details['claimId'];
  if (moveId !== undefined) return { kind, instance, moveId, effect: 'freed', claimId: moveId };
  return typeof claimId === 'string' ? { kind, instance, effect: 'freed', claimId } : undefined;
};

/** A report of the incarnation that an evacuation gave up on frees nothing that the evacuation left there. */
const isOfGivenUp = ({ ledger, node }: Audit, { moveId }: Drift): boolean => {
  const move = moveId === undefined ? undefined : ledger.moves.get(moveId);
  return move !== undefined && isGivenUp(node, move);
};

/** What the policy lets be freed of the drifts that a report shows and the ledger has on record. */
export const freesOf = (audit: Audit, policy: DriftPolicy, drifts: readonly Drift[], at: number): readonly Heal[] =>
  drifts.flatMap((drift) => {
    const open = audit.node.drifts?.find((each) => isSameDrift(each, drift));
    const isHealable =
      (policy !== 'observe' && drift.kind === 'release-done' && !isOfGivenUp(audit, drift)) ||
      (policy === 'heal-all' && drift.kind === 'guest-missing' && isMissedTwice(audit, open, at));
    return (isHealable ? freedBy(drift) : undefined) ?? [];
  });

const chargeOf = ({ instances, moves }: Ledger, { instance, moveId }: Heal): readonly ChargeLine[] => {
  if (moveId !== undefined) return moves.get(moveId)?.other?.counted ?? [];
  const record = instances.get(instance);
  return record?.status === 'held' ? record.claim.charge : [];
};

/** What the policy lets be adopted of these drifts, on what the node has once the others are freed. */
export const adoptionsOf = (
  { ledger, node, guests }: Audit,
  policy: DriftPolicy,
  drifts: readonly Drift[],
  freed: readonly Heal[],
): readonly Heal[] => {
  const adopted: Heal[] = [];
  let { tree } = node;
  for (const heal of freed) tree = tree.free(chargeOf(ledger, heal));
  for (const { kind, instance } of policy === 'heal-all' ? drifts : []) {
    const charge = guests.get(instance)?.charge;
    if (kind !== 'guest-unknown' || ledger.instances.has(instance) || charge === undefined) continue;
    const fitted = fitAdoption({ ...node, tree }, charge);
    if (fitted.kind !== 'fits') continue;
    adopted.push({ kind, instance, effect: 'adopted', charge: fitted.charge });
    tree = tree.charge(fitted.charge);
  }
  return adopted;
};
