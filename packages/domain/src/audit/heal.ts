import type { DriftPolicy } from '../command.ts';
import { type Drift, isSameDrift, type OpenDrift } from '../drift.ts';
import type { Heal } from '../event.ts';
import { addCharge } from '../evolve/charge-providers.ts';
import { fitAdoption } from '../fit/adoption.ts';
import type { Ledger, Node } from '../ledger.ts';
import { policiesOf } from '../policies.ts';
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

export interface Healing {
  readonly freed: readonly Heal[];
  readonly adopted: readonly Heal[];
}

/** What the policy lets be healed of the drifts that a report shows and the ledger has on record. */
export const healingOf = (audit: Audit, policy: DriftPolicy, drifts: readonly Drift[], at: number): Healing => {
  const { ledger, node, guests } = audit;
  const freed: Heal[] = [];
  const adopted: Heal[] = [];
  let { providers } = node;
  for (const drift of policy === 'observe' ? [] : drifts) {
    const open = node.drifts?.find((each) => isSameDrift(each, drift));
    const isHealable =
      drift.kind === 'release-done' ||
      (drift.kind === 'guest-missing' && policy === 'heal-all' && isMissedTwice(audit, open, at));
    const heal = isHealable ? freedBy(drift) : undefined;
    if (heal !== undefined) freed.push(heal);
    const charge = guests.get(drift.instance)?.charge;
    const isNew = drift.kind === 'guest-unknown' && !ledger.instances.has(drift.instance);
    if (policy !== 'heal-all' || !isNew || charge === undefined) continue;
    const fitted = fitAdoption({ ...node, providers }, charge);
    if (fitted.kind !== 'fits') continue;
    adopted.push({ kind: drift.kind, instance: drift.instance, effect: 'adopted', charge: fitted.charge });
    providers = addCharge(providers, fitted.charge);
  }
  return { freed, adopted };
};
