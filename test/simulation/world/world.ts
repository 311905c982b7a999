import { type CellPolicies, DEFAULT_POLICIES, type DriftPolicy } from '@fleetbook/domain';
import { Observer } from '../checks/observer.ts';
import { ClientMachine } from './client-machine.ts';
import { InboxServer } from './inbox-server.ts';
import { LogServer, type WrapLog } from './log-server.ts';
import type { Surroundings } from './machine.ts';
import { Network } from './network.ts';
import { ProjectorMachine } from './projector-machine.ts';
import { createChance } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { TrackerMachine, type TrackerSetup } from './tracker-machine.ts';

export const TRACKERS = ['tracker-a', 'tracker-b'] as const;
export const PROJECTORS = ['projector-a', 'projector-b'] as const;
export const CLIENTS = ['clients-a', 'clients-b', 'clients-c'] as const;

/** Small, so that outcomes are looked up in the log, too. */
const RECENT_BYTES = [2_000, 32_000_000];
/** Small, so that most runs see several snapshots, and so large that some see none. */
const MILESTONE_EVENTS = [8, 32, 128, 65_536];
const SNAPSHOT_INTERVAL_MS = 400;
const RETENTION_MS = [12_000, 600_000];

/** Broken parts in the place of sound ones: how the simulator itself is tested. */
export interface Tampering {
  readonly log?: WrapLog;
  readonly tracker?: TrackerSetup['parts'];
}

/** Looked at rarely: an empty inbox is not what is to take the time of a run. */
const COMMAND_INBOX = { pollMs: 1_000, retryMs: 500, trimMs: 5_000 } as const;

/** So small that a flood gets to them. */
const LIMITS = {
  inbox: { messages: 280, bytes: 1_000_000, releaseShare: 0.125 },
  refusals: { perSecond: 20, burst: 60 },
} as const;

/** Everything in a simulation: two trackers, two projectors, three machines of clients, a log and a network. */
export class World {
  readonly scheduler: Scheduler;
  readonly observer: Observer;
  readonly network: Network;
  readonly logServer: LogServer;
  readonly inbox: InboxServer;
  /** Between two milestones. */
  readonly milestoneEvents: number;
  readonly trackers: readonly TrackerMachine[];
  readonly projectors: readonly ProjectorMachine[];
  readonly clients: readonly ClientMachine[];

  constructor(seed: number, driftPolicy: DriftPolicy, tampering: Tampering = {}) {
    const chance = createChance(seed, 'world');
    this.scheduler = new Scheduler(chance.fork('order'));
    this.observer = new Observer(() => this.logServer.store);
    this.network = new Network(this.scheduler, chance.fork('network'));
    this.logServer = new LogServer(this.scheduler, chance.fork('log'), this.observer, tampering.log);
    this.inbox = new InboxServer(this.scheduler, this.logServer, this.network);
    const surroundings: Surroundings = {
      scheduler: this.scheduler,
      chance,
      network: this.network,
      logServer: this.logServer,
      inbox: this.inbox,
      ids: countingIds(),
      onRule: (rule, found) => this.observer.onRule(rule, found),
      onMark: (process, mark) => this.observer.onMark(process, mark),
    };
    const milestoneEvents = chance.fork('milestones').pick(MILESTONE_EVENTS);
    this.milestoneEvents = milestoneEvents;
    const setup: TrackerSetup = {
      policies: policies(driftPolicy, chance.pick(RETENTION_MS)),
      parts: tampering.tracker ?? {},
      settings: {
        recentBytes: chance.pick(RECENT_BYTES),
        milestoneEvents,
        snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
        commandInbox: COMMAND_INBOX,
        ...LIMITS,
      },
      onPublish: (process, subject, text) => this.observer.onPublish(process, subject, text),
    };
    this.trackers = TRACKERS.map((name) => new TrackerMachine(name, surroundings, setup));
    this.projectors = PROJECTORS.map((name) => new ProjectorMachine(name, surroundings, milestoneEvents));
    this.clients = CLIENTS.map((name) => new ClientMachine(name, surroundings, this.observer));
  }

  get services(): readonly (TrackerMachine | ProjectorMachine)[] {
    return [...this.trackers, ...this.projectors];
  }

  /** Something that happens to the world by itself. */
  later(delayMs: number, label: string, run: () => void): void {
    this.scheduler.schedule(undefined, delayMs, label, run);
  }

  /** Ends every fault that lasts; machines that are down come up. What has been lost or damaged stays so. */
  calm(): void {
    Object.assign(this.network.weather, { lossRate: 0, duplicateRate: 0, reorderRate: 0, delayMs: 0 });
    this.network.cutOff.clear();
    this.network.island.clear();
    this.network.areBroadcastsLost = false;
    this.logServer.cutOff.clear();
    this.logServer.delayMs.clear();
    this.logServer.forgetFaults();
    if (!this.logServer.store.isAvailable) {
      this.logServer.faults.setAvailable(true);
    }
    for (const { process, clock } of this.clients) {
      clock.thaw();
      process.resume();
    }
    for (const machine of this.services) {
      machine.clock.thaw();
      machine.disk.trouble = undefined;
      machine.process?.spare();
      machine.process?.resume();
      machine.start();
    }
  }
}

function policies(driftPolicy: DriftPolicy, outcomeRetentionMs: number): CellPolicies {
  return { ...DEFAULT_POLICIES, outcomeRetentionMs, autoConfirmAfterMs: 3_000, reportIntervalMs: 20_000, driftPolicy };
}

function countingIds(): { next(): string } {
  let given = 0;
  return {
    next: () => {
      given += 1;
      return `00000000-0000-4000-8000-${given.toString(16).padStart(12, '0')}`;
    },
  };
}
