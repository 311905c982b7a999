import { leavesUnitsOpen } from '../audit/compare-charge.ts';
import { type Audit, auditOf, findDrifts, isSkipped } from '../audit/find-drifts.ts';
import { adoptionsOf, driftPolicyOf, freeLimitOf, freesOf } from '../audit/heal.ts';
import type { ReportGuests, SetDriftPolicy } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { compareDrifts, type Drift, type DriftKey, isSameDrift, type OpenDrift } from '../drift.ts';
import type { DecidedEvent, Heal } from '../event.ts';
import type { Ledger, Node } from '../ledger.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseIncarnation } from './report.ts';

/** What one report records at most of each list; the next report goes on with the rest. */
const LISTED_AT_MOST = 200;
const LIST_LIMIT_BYTES = 32_768;

/** As many elements as may be stored in one event. What lists hold here is ASCII, so that characters are bytes. */
const storable = <Element>(list: readonly Element[]): readonly Element[] => {
  let sizeBytes = 0;
  const end = list.findIndex((element, index) => {
    sizeBytes += JSON.stringify(element).length + 1;
    return index >= LISTED_AT_MOST || sizeBytes > LIST_LIMIT_BYTES;
  });
  return end === -1 ? list : list.slice(0, end);
};

/** What is on record already; an absence counts within one incarnation only. */
const isKnown = ({ node }: Audit, drift: Drift): boolean => {
  const open = node.drifts?.find((each) => isSameDrift(each, drift));
  if (open === undefined || JSON.stringify(open.details) !== JSON.stringify(drift.details)) return false;
  return drift.kind !== 'guest-missing' || open.incarnation === node.incarnation;
};

/** Whether the guest of a claim that differed is there, and the report does not tell what it uses. */
const isUseUntold = ({ ledger, node, guests }: Audit, { kind, instance, details }: OpenDrift): boolean => {
  const guest = guests.get(instance);
  const held = ledger.instances.get(instance);
  if (guest === undefined || held?.status !== 'held' || held.claim.node !== node.id) return false;
  if (held.claim.claimId !== details['claimId']) return false;
  return kind === 'amounts-differ'
    ? guest.charge === undefined
    : kind === 'units-differ' && leavesUnitsOpen(held.claim.charge, guest.charge);
};

/** Whether a report says nothing about an open drift. */
const isUntold = (audit: Audit, open: OpenDrift): boolean =>
  isSkipped(audit, open.instance) ||
  (open.kind !== 'unit-vanished' && !audit.report.complete && !audit.guests.has(open.instance)) ||
  isUseUntold(audit, open);

const idOf = ({ instance }: DriftKey): string => instance;

const keyOf = ({ kind, instance, moveId }: DriftKey): DriftKey =>
  moveId === undefined ? { kind, instance } : { kind, instance, moveId };

/** A host's own word on what runs there, beside the ledger: what differs is recorded, and healed as policy allows. */
export const decideGuests = (ledger: Ledger, node: Node, command: ReportGuests, judgedAt: JudgedAt): Decision => {
  const stale = refuseIncarnation(node, command.incarnation, judgedAt);
  if (stale !== undefined) return stale;
  if (command.takenAt > judgedAt.number) {
    return reject('TAKEN_AT_AHEAD', judgedAt, { node: node.id, takenAt: command.takenAt });
  }
  const audit = auditOf(ledger, node, command);
  const shown = findDrifts(audit).toSorted(compareDrifts);
  const found = storable(shown.filter((drift) => !isKnown(audit, drift)));
  const cleared = storable(
    (node.drifts ?? [])
      .filter((open) => !shown.some((drift) => isSameDrift(drift, open)) && !isUntold(audit, open))
      .map(keyOf),
  );
  const recorded = shown.filter((drift) => found.includes(drift) || isKnown(audit, drift));
  const isWhole = recorded.length === shown.length;
  const isOwed = node.owesReport !== undefined && command.complete && command.takenAt >= node.owesReport;
  return decideHealing(audit, { found, cleared, recorded, paysReport: isOwed && isWhole }, judgedAt);
};

interface Findings {
  readonly found: readonly Drift[];
  readonly cleared: readonly DriftKey[];
  readonly recorded: readonly Drift[];
  /** The report is the one that the node owes, and all that it shows is recorded. */
  readonly paysReport: boolean;
}

/** A claim that a heal frees takes every other drift of it along: the next report has nothing to clear. */
const withoutFreed = (
  { node }: Audit,
  { found, cleared }: Findings,
  healed: readonly Heal[],
): Pick<Findings, 'found' | 'cleared'> => {
  const freed = new Set(healed.filter((heal) => heal.effect === 'freed' && heal.moveId === undefined).map(idOf));
  const isMoot = (drift: DriftKey): boolean =>
    drift.moveId === undefined && freed.has(drift.instance) && !healed.some((heal) => isSameDrift(heal, drift));
  const isCleared = (drift: DriftKey): boolean => cleared.some((each) => isSameDrift(each, drift));
  const moot = (node.drifts ?? []).filter((open) => isMoot(open) && !isCleared(open)).map(keyOf);
  return { found: found.filter((drift) => !isMoot(drift)), cleared: storable([...cleared, ...moot]) };
};

const decideHealing = (audit: Audit, findings: Findings, judgedAt: JudgedAt): Decision => {
  const { ledger, node } = audit;
  const policy = driftPolicyOf(ledger, node);
  const frees = freesOf(audit, policy, findings.recorded, judgedAt.at);
  const limit = freeLimitOf(node);
  const isTooLarge = frees.length > Math.max(limit, node.driftPolicy?.mayFree ?? 0);
  const freed = isTooLarge ? [] : frees;
  const healed = storable([...freed, ...adoptionsOf(audit, policy, findings.recorded, freed)]);
  const { found, cleared } = withoutFreed(audit, findings, healed);
  const events: DecidedEvent[] = [];
  if (found.length + cleared.length > 0) {
    events.push({ type: 'DriftFound', schemaVersion: 1, data: { node: node.id, found, cleared } });
  }
  if (healed.length > 0) {
    events.push({ type: 'DriftHealed', schemaVersion: 1, data: { node: node.id, policy, healed } });
  }
  if (findings.paysReport) events.push({ type: 'GuestReportReceived', schemaVersion: 1, data: { node: node.id } });
  const [first, ...rest] = events;
  if (first !== undefined) return { kind: 'accepted', events: [first, ...rest] };
  return isTooLarge
    ? reject('HEAL_TOO_LARGE', judgedAt, { node: node.id, policy, count: frees.length, limit })
    : unchanged({ type: 'ReportGuests', node: node.id, found: 0, cleared: 0, healed: 0 });
};

export const decideDriftPolicy = (node: Node, { type, policy, mayFree }: SetDriftPolicy): Decision =>
  node.driftPolicy?.policy === policy && node.driftPolicy.mayFree === mayFree
    ? unchanged({ type, node: node.id })
    : accept({ type: 'DriftPolicySet', schemaVersion: 1, data: {} });
