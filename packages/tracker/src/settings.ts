import type { CellPolicies } from '@fleetbook/domain';
import { MILESTONE_EVENTS } from '@fleetbook/snapshot';
import type { BackoffOptions } from './commit/backoff.ts';
import type { InboxLimits } from './gate/inbox.ts';
import type { RefusalLimits } from './gate/refusal-limit.ts';
import type { InboxSettings } from './inbox/inbox-drain.ts';

export interface TrackerSettings {
  readonly cell: string;
  /** Id of this tracker in its elections and heartbeats; fresh for each process. */
  readonly writer: string;
  /** Version of the program, for its status. */
  readonly version: string;
  readonly pid: number;
  /** Start of the process, epoch milliseconds. */
  readonly startedAt: number;
  /** Written into an empty log when the cell is founded; never read otherwise. */
  readonly policies: CellPolicies;
  readonly heartbeatMs: number;
  /** How long the sitting writer must be silent before this one takes office; up to half as much again by chance. */
  readonly silenceMs: number;
  /** How long other services may take to say what they know to be durable, before this one takes office. */
  readonly peerWaitMs: number;
  /** How long it waits for at least one of them that listens, before it founds a history in an empty log. */
  readonly peerPatienceMs: number;
  /** Time between two looks at a log that lacks what others know of. */
  readonly peerRetryMs: number;
  /** How long the log may say nothing to the writer in office before it is asked. */
  readonly logProbeMs: number;
  /** After so long without an answer of the log the writer gives no sign of life: others may reach it. */
  readonly logSilenceMs: number;
  /** How long a writer that wants to leave waits for another one to take over. */
  readonly handOverWaitMs: number;
  /** How long commands are held at most for a writer that has not left yet. */
  readonly holdLimitMs: number;
  /** Time between two looks at what is due by itself. */
  readonly timedDecisionsMs: number;
  /** Messages that may wait undecided; beyond it OVERLOADED. */
  readonly inbox: InboxLimits;
  /** How the durable inbox of commands is worked off. */
  readonly commandInbox: InboxSettings;
  /** How often an actor may be refused on record; beyond it RETRY_LATER. */
  readonly refusals: RefusalLimits;
  /** Repeated commands whose first decision is being looked up; beyond it OVERLOADED. */
  readonly repeatLimit: number;
  /** Answers that may wait for the next proof of office; beyond it commands are left undecided. */
  readonly proofLimit: number;
  /** How long the log may acknowledge nothing, while something waits for it, before health turns red. */
  readonly standstillSeconds: number;
  /** What an OVERLOADED answer advises. */
  readonly retryAfterMs: number;
  readonly backoff: BackoffOptions;
  /** Of own commits, kept in memory to answer repeats. */
  readonly recentBytes: number;
  readonly quarantineLimit: number;
  /** Events between two places where the state may be saved; every reader of the cell goes by the same. */
  readonly milestoneEvents: number;
  /** Least time between two snapshots. */
  readonly snapshotIntervalMs: number;
  /** Whether every durable event is published on the live feed. */
  readonly isFeedOn: boolean;
}

/** What a tracker is and where it works has no default. */
export const DEFAULT_TRACKER_SETTINGS: Omit<
  TrackerSettings,
  'cell' | 'writer' | 'version' | 'pid' | 'startedAt' | 'policies'
> = {
  heartbeatMs: 250,
  silenceMs: 800,
  peerWaitMs: 150,
  peerPatienceMs: 2_000,
  peerRetryMs: 500,
  logProbeMs: 500,
  logSilenceMs: 1_000,
  handOverWaitMs: 1_000,
  holdLimitMs: 5_000,
  timedDecisionsMs: 500,
  inbox: { messages: 8_192, bytes: 64 * 1024 * 1024, releaseShare: 0.125 },
  commandInbox: { pollMs: 200, retryMs: 500, trimMs: 5_000 },
  refusals: { perSecond: 100, burst: 1_000 },
  repeatLimit: 1_024,
  proofLimit: 4_096,
  standstillSeconds: 10,
  retryAfterMs: 100,
  backoff: { firstMs: 20, limitMs: 1_000 },
  recentBytes: 32 * 1024 * 1024,
  quarantineLimit: 1_024,
  milestoneEvents: MILESTONE_EVENTS,
  snapshotIntervalMs: 60_000,
  isFeedOn: true,
};
