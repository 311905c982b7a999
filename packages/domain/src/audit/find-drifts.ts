import type { Guest, ReportGuests } from '../command.ts';
import type { Drift, DriftKind } from '../drift.ts';
import type { RejectionDetails } from '../event.ts';
import type { HeldRecord, Ledger, Node } from '../ledger.ts';
import { compareIds } from '../order.ts';
import { amountsThatDiffer, unitsNotNamed, unitsThatDiffer, unitsThatVanished } from './compare-charge.ts';

/** A report of guests beside the ledger. */
export interface Audit {
  readonly ledger: Ledger;
  readonly node: Node;
  readonly report: ReportGuests;
  readonly guests: ReadonlyMap<string, Guest>;
}

export const auditOf = (ledger: Ledger, node: Node, report: ReportGuests): Audit => ({
  ledger,
  node,
  report,
  guests: new Map(report.guests.map((guest) => [guest.instance, guest])),
});

/** Whether a report can say anything about an instance: not while it moves or starts, nor if it changed since. */
export const isSkipped = ({ ledger, report }: Audit, id: string): boolean => {
  const instance = ledger.instances.get(id);
  if (instance === undefined) return false;
  if ((instance.touchedAt ?? 0) > report.takenAt) return true;
  if (instance.status === 'ended') return false;
  return instance.moveId !== undefined || (instance.status === 'held' && instance.claim.status === 'unconfirmed');
};

/** Drifts that say that a guest was seen on their node. */
const SIGHTINGS: ReadonlySet<DriftKind> = new Set(['guest-unknown', 'guest-elsewhere', 'guest-on-two-nodes']);

/** The other nodes whose agents saw this guest. */
const seenElsewhere = ({ ledger, node }: Audit, instance: string): readonly string[] =>
  [...(ledger.driftsOf.get(instance) ?? [])]
    .filter(
      (id) =>
        id !== node.id &&
        ledger.nodes.look(id)?.drifts?.some((drift) => drift.instance === instance && SIGHTINGS.has(drift.kind)),
    )
    .sort(compareIds);

const driftOf = (kind: DriftKind, instance: string, details: RejectionDetails): Drift => ({ kind, instance, details });

const doubles = (audit: Audit, instance: string): readonly Drift[] => {
  const nodes = seenElsewhere(audit, instance);
  return nodes.length === 0 ? [] : [driftOf('guest-on-two-nodes', instance, { nodes })];
};

const differences = ({ id, claim }: HeldRecord, { charge }: Guest): readonly Drift[] => {
  if (charge === undefined) return [];
  const amounts = amountsThatDiffer(claim.charge, charge);
  const units = unitsThatDiffer(claim.charge, charge);
  const { claimId } = claim;
  return [
    ...(amounts === undefined ? [] : [driftOf('amounts-differ', id, { claimId, amounts })]),
    ...(units === undefined ? [] : [driftOf('units-differ', id, { claimId, units })]),
  ];
};

const absence = ({ id, claim }: HeldRecord): Drift =>
  driftOf(claim.release === undefined ? 'guest-missing' : 'release-done', id, { claimId: claim.claimId });

const heldDrifts = (audit: Audit, instance: HeldRecord): readonly Drift[] => {
  const guest = audit.guests.get(instance.id);
  const { claimId, charge } = instance.claim;
  const vanished = unitsThatVanished(audit.node, charge);
  return [
    ...(vanished === undefined ? [] : [driftOf('unit-vanished', instance.id, { claimId, units: vanished })]),
    ...(guest !== undefined ? [...doubles(audit, instance.id), ...differences(instance, guest)] : []),
    ...(guest === undefined && audit.report.complete ? [absence(instance)] : []),
  ];
};

const driftsOfClaims = (audit: Audit): readonly Drift[] =>
  [...audit.ledger.heldBy.get(audit.node.id)].flatMap((id) => {
    const instance = audit.ledger.instances.get(id);
    return instance?.status !== 'held' || isSkipped(audit, id) ? [] : heldDrifts(audit, instance);
  });

/** Whether the instance runs on the audited node by its claim. */
const isHeldHere = ({ ledger, node }: Audit, id: string): boolean => {
  const instance = ledger.instances.get(id);
  return instance?.status === 'held' && instance.claim.node === node.id;
};

/** Closed moves that left a charge here: done with when the guest is gone. */
const driftsOfSides = (audit: Audit): readonly Drift[] => {
  const { ledger, node, guests, report } = audit;
  return [...(ledger.sidesOn.get(node.id) ?? [])].flatMap((moveId): readonly Drift[] => {
    const move = ledger.moves.get(moveId);
    if (!report.complete || move?.other === undefined || move.other.state === 'held') return [];
    const { instance, other } = move;
    if (guests.has(instance) || isSkipped(audit, instance) || isHeldHere(audit, instance)) return [];
    return [{ kind: 'release-done', instance, moveId, details: { state: other.state } }];
  });
};

const hasSideHere = ({ ledger, node }: Audit, instance: string): boolean =>
  [...(ledger.sidesOn.get(node.id) ?? [])].some((id) => ledger.moves.get(id)?.instance === instance);

/**
 * A guest on its way out: a closed move left a charge here, and the instance runs nowhere else. One that is held on
 * another node is reported in spite of the charge: it may run twice.
 */
const isLeaving = (audit: Audit, id: string): boolean =>
  hasSideHere(audit, id) && audit.ledger.instances.get(id)?.status !== 'held';

/** Why a guest is not adopted that could be if its report named its units. */
const unnamed = ({ node, guests }: Audit, id: string): RejectionDetails => {
  const units = unitsNotNamed(node, guests.get(id)?.charge ?? []);
  return units === undefined ? {} : { unitsMissing: units };
};

const strangerDrifts = (audit: Audit, id: string): readonly Drift[] => {
  const instance = audit.ledger.instances.get(id);
  const place =
    instance?.status === 'held'
      ? driftOf('guest-elsewhere', id, { node: instance.claim.node })
      : driftOf('guest-unknown', id, instance === undefined ? unnamed(audit, id) : { status: instance.status });
  return [place, ...doubles(audit, id)];
};

const driftsOfStrangers = (audit: Audit): readonly Drift[] =>
  [...audit.guests.keys()].flatMap((id) =>
    isHeldHere(audit, id) || isSkipped(audit, id) || isLeaving(audit, id) ? [] : strangerDrifts(audit, id),
  );

/** Every drift that a report shows. */
export const findDrifts = (audit: Audit): readonly Drift[] => [
  ...driftsOfClaims(audit),
  ...driftsOfSides(audit),
  ...driftsOfStrangers(audit),
];
