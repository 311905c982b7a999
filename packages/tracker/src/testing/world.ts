import {
  type BatchReply,
  type CommandReply,
  commandSubject,
  encodeBatch,
  encodeCommandMessage,
  type QueryReply,
  querySubject,
  type SenderRole,
  type WriterAnswer,
} from '@fleetbook/contracts';
import { type CommandMessage, DEFAULT_POLICIES, decide, type LedgerEvent, type Role } from '@fleetbook/domain';
import { type Commit, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog, createMemoryStore, type MemoryLog, type MemoryStore } from '@fleetbook/event-log/memory';
import { createMetrics, type Disk, type Ids, type MarkKeeper } from '@fleetbook/operations';
import { memoryDisk, memoryLogger, memoryMarks, sequentialIds } from '@fleetbook/operations/testing';
import type { TrackerFailure } from '../failure.ts';
import { decideDue } from '../office/decide-due.ts';
import { createKeyHash } from '../outcomes/command-key.ts';
import { DEFAULT_TRACKER_SETTINGS, type TrackerSettings } from '../settings.ts';
import { Tracker, type TrackerOptions } from '../tracker.ts';
import { type BusMember, createMemoryBus } from './memory-bus.ts';
import { type SimulatedTime, simulatedTime } from './simulated-time.ts';

const CELL = 'main';

export interface RunningTracker {
  readonly tracker: Tracker;
  readonly log: MemoryLog;
  readonly logger: ReturnType<typeof memoryLogger>;
  readonly failures: readonly TrackerFailure[];
  readonly connection: BusMember;
  readonly marks: MarkKeeper;
  /** Ends it as SIGKILL does: nothing it still does reaches the bus or the log. */
  kill(): Promise<void>;
}

export interface Sent {
  readonly replies: CommandReply[];
}

export type TrackerVariation = Partial<
  Pick<TrackerOptions, 'decide' | 'decideDue' | 'keysOf' | 'storage' | 'inbox'>
> & {
  readonly settings?: Partial<TrackerSettings>;
  /** Of an earlier tracker in the same directory. Default: none. */
  readonly marks?: MarkKeeper;
  /** With the files of an earlier one. Default: an empty one. */
  readonly disk?: Disk;
};

/** What two worlds share that are cut off from each other's bus. */
export interface SharedWorld {
  readonly time: SimulatedTime;
  readonly store: MemoryStore;
  readonly ids: Ids;
}

export type World = ReturnType<typeof createWorld>;

/** A cell in memory: one log, one bus, one clock, any number of trackers. */
export function createWorld(random: () => number = () => 0.5, shared?: SharedWorld) {
  const time = shared?.time ?? simulatedTime();
  const store = shared?.store ?? createMemoryStore();
  const bus = createMemoryBus();
  const ids = shared?.ids ?? sequentialIds();
  const prefix = shared === undefined ? 'writer' : 'other-writer';
  let trackers = 0;

  async function startTracker(variation: TrackerVariation = {}): Promise<RunningTracker> {
    trackers += 1;
    const log = createMemoryLog({ store });
    const connection = bus.connect();
    const logger = memoryLogger();
    const failures: TrackerFailure[] = [];
    const marks = variation.marks ?? memoryMarks();
    const tracker = new Tracker({
      settings: {
        ...DEFAULT_TRACKER_SETTINGS,
        cell: CELL,
        writer: `${prefix}-${trackers}`,
        version: '0.0.0',
        pid: 1,
        startedAt: time.clock.now(),
        policies: DEFAULT_POLICIES,
        ...variation.settings,
      },
      log,
      bus: connection,
      clock: time.clock,
      timers: time.timers,
      ids,
      random,
      logger,
      metrics: createMetrics(),
      marks,
      disk: variation.disk ?? memoryDisk(),
      directory: '/tracker',
      keysOf: variation.keysOf ?? createKeyHash,
      keySeed: 7,
      decide: variation.decide ?? decide,
      decideDue: variation.decideDue ?? decideDue,
      ...(variation.storage === undefined ? {} : { storage: variation.storage }),
      ...(variation.inbox === undefined ? {} : { inbox: variation.inbox }),
      onFailure: (failure) => void failures.push(failure),
    });
    await tracker.start();
    const kill = async () => {
      connection.cutOff();
      await log.close();
      tracker.stop().catch(() => undefined);
    };
    return { tracker, log, logger, failures, connection, marks, kill };
  }

  async function startInOffice(variation?: TrackerVariation): Promise<RunningTracker> {
    const started = await startTracker(variation);
    await time.until(() => started.tracker.status.phase === 'in-office');
    return started;
  }

  function sendBytes(subject: string, payload: Uint8Array, deadlineMs?: number): Sent {
    const replies: CommandReply[] = [];
    const onReply = (reply: Uint8Array) => void replies.push(JSON.parse(Buffer.from(reply).toString('utf8')));
    bus.request(subject, payload, onReply, deadlineMs);
    return { replies };
  }

  function send(message: CommandMessage): Sent {
    const { role, id } = message.actor;
    return sendBytes(commandSubject(CELL, senderRole(role), id, message.command.type), encodeCommandMessage(message));
  }

  async function ask(message: CommandMessage): Promise<CommandReply> {
    const { replies } = send(message);
    await time.until(() => replies.length > 0);
    const [reply] = replies;
    if (reply === undefined) {
      throw new Error('no reply');
    }
    return reply;
  }

  async function askBatch(messages: readonly CommandMessage[]): Promise<BatchReply> {
    const actor = messages[0]?.actor ?? { role: 'agent', id: 'agent-1' };
    const replies: BatchReply[] = [];
    const subject = commandSubject(CELL, senderRole(actor.role), actor.id, 'Batch');
    bus.request(
      subject,
      encodeBatch(messages),
      (reply) => void replies.push(JSON.parse(Buffer.from(reply).toString())),
    );
    await time.until(() => replies.length > 0);
    return replies[0] ?? { outcomes: [] };
  }

  function askWriter(): QueryReply<WriterAnswer>[] {
    const replies: QueryReply<WriterAnswer>[] = [];
    const subject = querySubject(CELL, 'writer');
    bus.request(subject, new Uint8Array(), (reply) => void replies.push(JSON.parse(Buffer.from(reply).toString())));
    return replies;
  }

  async function readCommits(): Promise<readonly Commit[]> {
    const commits: Commit[] = [];
    for await (const batch of createMemoryLog({ store }).read(ORIGIN)) {
      commits.push(...batch);
    }
    return commits;
  }

  const readEvents = async (): Promise<readonly LedgerEvent[]> =>
    (await readCommits()).flatMap(({ events }) => [...events]);

  return {
    time,
    store,
    ids,
    bus,
    startTracker,
    startInOffice,
    send,
    sendBytes,
    ask,
    askBatch,
    askWriter,
    readCommits,
    readEvents,
  };
}

function senderRole(role: Role): SenderRole {
  if (role === 'system') {
    throw new Error('the system sends no commands');
  }
  return role;
}
