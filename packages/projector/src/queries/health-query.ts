import { CONTRACT_VERSION, type HealthAnswer, type HealthCheck } from '@fleetbook/contracts';
import type { DamagedCopy, EventLog } from '@fleetbook/event-log';
import { worstOf } from '@fleetbook/operations';
import type { ArchiveStatus } from '../archive/archiver.ts';
import type { Difference } from '../fold/agreement.ts';
import type { FoldFault, FoldStatus } from '../fold/status.ts';
import type { InventoryView } from '../view/inventory-view.ts';

export interface HealthFacts {
  readonly version: string;
  readonly pid: number;
  readonly cell: string;
  readonly startedAt: number;
  readonly log: EventLog;
  readonly fold: FoldStatus;
  readonly view: InventoryView;
  readonly lagMs: number;
  readonly maxLagMs: number;
  /** For so long nothing has been folded though the log goes on; 0 while something is. */
  readonly standstillMs: number;
  readonly maxStandstillMs: number;
  readonly isEndKnown: boolean;
  /** Whether its digest has been found to be that of the replicas that answer, or there are none. */
  readonly isSettled: boolean;
  readonly difference: Difference | undefined;
  /** How the state compares with the checkpoints in the log. */
  readonly checkpoints: HealthCheck;
  readonly checkpointFailure: string | undefined;
  readonly markFailure: string | undefined;
  /** Undefined where no archive is kept. */
  readonly archive: ArchiveStatus | undefined;
  /** Of the process around it. */
  readonly processChecks: readonly HealthCheck[];
  /** The last event that is known to be in the log. */
  readonly head: number;
}

export function healthOf(facts: HealthFacts): HealthAnswer {
  const checks = [
    foldCheck(facts.fold),
    lagCheck(facts),
    agreementCheck(facts),
    facts.checkpoints,
    saveCheck('checkpoint', facts.checkpointFailure),
    saveCheck('high-water mark', facts.markFailure),
    ...(facts.log.damagedCopy === undefined ? [] : [damagedCopyCheck(facts.log.damagedCopy)]),
    ...(facts.archive === undefined ? [] : [archiveCheck(facts.archive)]),
    ...facts.processChecks,
  ];
  return {
    service: 'projector',
    version: facts.version,
    contractVersion: CONTRACT_VERSION,
    pid: facts.pid,
    cell: facts.cell,
    status: worstOf(checks),
    checks,
    historyId: facts.view.ledger.cell?.historyId ?? '',
    number: facts.view.bookmark.number,
    startedAt: facts.startedAt,
    log: facts.log.adapter,
    durability: facts.log.durability,
    ...archiveFacts(facts),
  };
}

function archiveFacts({ archive, head }: HealthFacts): Pick<HealthAnswer, 'archive'> {
  return archive === undefined || archive.isKeptElsewhere
    ? {}
    : { archive: { number: archive.number, lagEvents: Math.max(0, head - archive.number) } };
}

/** A disk may have room again; a copy that does not fit the log, or is damaged, somebody has to look at. */
function archiveCheck({ fault }: ArchiveStatus): HealthCheck {
  return fault === undefined
    ? green('archive')
    : { name: 'archive', status: fault.isOfDisk ? 'yellow' : 'red', reason: `${fault.code}: ${fault.reason}` };
}

function foldCheck({ phase, fault }: FoldStatus): HealthCheck {
  if (fault !== undefined) {
    return { name: 'fold', status: fault.kind === 'unavailable' ? 'yellow' : 'red', reason: faultText(fault) };
  }
  return phase === 'live' ? green('fold') : { name: 'fold', status: 'yellow', reason: `the fold is ${phase}` };
}

/** One line for people: at which event the fold stands still, and why. */
function faultText(fault: FoldFault): string {
  return fault.number === undefined ? fault.reason : `at event ${fault.number}: ${fault.reason}`;
}

/** A log out of reach for a moment makes no answer stale: the lag tells when it lasts. */
export function staleReasonOf(fault: FoldFault | undefined): string | undefined {
  return fault === undefined || fault.kind === 'unavailable' ? undefined : faultText(fault);
}

/** @param lagMs undefined while the end of the log is not known. */
export function latenessText(lagMs: number | undefined): string {
  return lagMs === undefined ? 'the end of the log is not known' : `behind the log for ${Math.round(lagMs)} ms`;
}

function lagCheck({ lagMs, maxLagMs, standstillMs, maxStandstillMs, isEndKnown }: HealthFacts): HealthCheck {
  if (!isEndKnown) {
    return { name: 'lag', status: 'yellow', reason: latenessText(undefined) };
  }
  if (standstillMs > maxStandstillMs) {
    const reason = `nothing folded for ${Math.round(standstillMs)} ms though the log goes on`;
    return { name: 'lag', status: 'red', reason };
  }
  return lagMs <= maxLagMs ? green('lag') : { name: 'lag', status: 'yellow', reason: latenessText(lagMs) };
}

function agreementCheck({ isSettled, difference }: HealthFacts): HealthCheck {
  if (difference !== undefined) {
    const { number, ours, theirs } = difference;
    const reason = `at event ${number} the digest is ${ours}, and ${theirs} that of a replica that answers`;
    return { name: 'agreement', status: 'red', reason };
  }
  return isSettled
    ? green('agreement')
    : { name: 'agreement', status: 'yellow', reason: 'not compared yet with the replicas that answer' };
}

/** What is read is sound, but that copy must not become the leader's. */
function damagedCopyCheck({ server, position, reason }: DamagedCopy): HealthCheck {
  const whose = server === undefined ? 'one copy of the log' : `the copy of the log on server ${server}`;
  return { name: 'log copy', status: 'yellow', reason: `${whose} is damaged at position ${position}: ${reason}` };
}

function saveCheck(name: string, failure: string | undefined): HealthCheck {
  return failure === undefined ? green(name) : { name, status: 'yellow', reason: `the last save failed: ${failure}` };
}

function green(name: string): HealthCheck {
  return { name, status: 'green' };
}
