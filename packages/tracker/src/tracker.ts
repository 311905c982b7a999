import { type HighWaterMark, querySubject, writerSubject } from '@fleetbook/contracts';
import type { Decider, Ledger } from '@fleetbook/domain';
import {
  type Bookmark,
  type CommandInbox,
  type EventLog,
  LogDamageError,
  LogUnavailableError,
  ORIGIN,
} from '@fleetbook/event-log';
import {
  answerMark,
  type Clock,
  type Disk,
  type Ids,
  type Logger,
  type Metrics,
  Nap,
  type Timers,
} from '@fleetbook/operations';
import type { PipelineEnd } from './commit/commit-pipeline.ts';
import { damageFailure, refusedFailure, type TrackerFailure, unexpectedFailure, wentBackFailure } from './failure.ts';
import { Quarantine } from './gate/quarantine.ts';
import { type HealthSources, type TrackerHealth, trackerHealth } from './health/tracker-health.ts';
import { LogAccess } from './log-access.ts';
import { runForOffice } from './office/candidacy.ts';
import { diagnoseLoss } from './office/diagnose-loss.ts';
import { readHeartbeat } from './office/heartbeat.ts';
import { HeldCommands } from './office/held-commands.ts';
import { Office } from './office/office.ts';
import { StateDoubts } from './office/state-doubts.ts';
import { stopAll } from './office/stop-all.ts';
import { Succession } from './office/succession.ts';
import { serveTerm } from './office/term.ts';
import type { DecideDue } from './office/timed-decisions.ts';
import type { WriterState } from './office/writer-state.ts';
import type { CommandKeys } from './outcomes/command-key.ts';
import type { Random, TrackerBus } from './ports.ts';
import type { TrackerSettings } from './settings.ts';
import { Snapshotter } from './snapshot/snapshotter.ts';

export interface TrackerOptions extends HealthSources {
  readonly settings: TrackerSettings;
  readonly log: EventLog;
  readonly bus: TrackerBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly disk: Disk;
  /** Commands whose senders do not wait. Absent: none are taken but those whose senders do. */
  readonly inbox?: CommandInbox;
  /** Of this process alone, for its snapshots. */
  readonly directory: string;
  readonly keysOf: (seed: number) => CommandKeys;
  /** For the keys of outcomes: drawn per process, so that senders cannot aim for collisions they do not know. */
  readonly keySeed: number;
  readonly decide: Decider<Ledger>;
  readonly decideDue: DecideDue;
  /** Called once if the tracker stops for good by itself. It answers nobody from then on. */
  readonly onFailure: (failure: TrackerFailure) => void;
  /** Told, once for each reason, why no office is taken on a log that another service knows to have been longer. */
  readonly onWaiting?: (reason: string) => void;
}

export type TrackerPhase =
  /** Folding the log, or waiting for the sitting writer to fall silent. */
  'standing-by' | 'in-office' | 'stopped' | 'failed';

export interface TrackerStatus {
  readonly phase: TrackerPhase;
  /** Of the last commit folded. */
  readonly epoch: number;
  readonly number: number;
  /** What this process knows to be durable; undefined while it knows of nothing. */
  readonly mark: HighWaterMark | undefined;
  /** Why it takes no office though nobody holds it, for people. */
  readonly waitsFor: string | undefined;
}

/** The deciding writer of a cell: stands by, takes office, decides, and stands by again when it is deposed. */
export class Tracker {
  readonly #options: TrackerOptions;
  readonly #access: LogAccess;
  readonly #snapshotter: Snapshotter;
  readonly #doubts: StateDoubts;
  readonly #quarantine: Quarantine;
  readonly #succession: Succession;
  readonly #stopping = Promise.withResolvers<void>();
  readonly #changeWaiters: (() => void)[] = [];
  #phase: TrackerPhase = 'standing-by';
  #folded: Bookmark = ORIGIN;
  #lastSignMs: number;
  /** The end of the log as the last writer heard stated it. */
  #heard: HighWaterMark | undefined;
  /** Of the log, once it was found to hold what this process knows of it. */
  #provenHistory: string | undefined;
  #waitsFor: string | undefined;
  #office: Office | undefined;
  #isStopping = false;
  readonly #nap: Nap;
  #run: Promise<void> | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#nap = new Nap(options.timers);
    const isAbandoned = () => this.#isStopping && this.#office === undefined;
    this.#access = new LogAccess({ ...options, isAbandoned });
    const { cell, snapshotIntervalMs: intervalMs, milestoneEvents } = options.settings;
    this.#snapshotter = new Snapshotter({ ...options, cell, intervalMs, milestoneEvents });
    this.#doubts = new StateDoubts(options.logger);
    this.#quarantine = new Quarantine(options.settings.quarantineLimit);
    this.#succession = new Succession({
      ...options,
      epoch: () => this.#folded.epoch,
      onInvited: () => this.#nap.wake(),
    });
    this.#lastSignMs = options.clock.monotonicMs();
    this.#exposeMetrics();
  }

  get status(): TrackerStatus {
    const { epoch, number } = this.#folded;
    return { phase: this.#phase, epoch, number, mark: this.#options.marks.mark, waitsFor: this.#waitsFor };
  }

  /** Red when nothing comes of what waits, not only when something has failed. */
  health(): TrackerHealth {
    return (
      this.#office?.health() ??
      trackerHealth({ ...this.#options, snapshotter: this.#snapshotter, doubts: this.#doubts }, [])
    );
  }

  /** Begins to listen and to run for office; resolves when other writers can be heard. */
  async start(): Promise<void> {
    const { bus, settings, clock, marks } = this.#options;
    const waitsFor = () => this.#waitsFor;
    const facts = { service: 'tracker', id: settings.writer, marks, clock, waitsFor } as const;
    const questions = await bus.subscribe(querySubject(settings.cell, 'mark'), (_subject, payload, respond) =>
      respond(answerMark(facts, payload)),
    );
    const heartbeats = await bus.subscribe(writerSubject(settings.cell), (_subject, payload) => this.#hear(payload));
    this.#lastSignMs = clock.monotonicMs();
    this.#run = this.#live()
      .catch((cause: unknown) => this.#crash(cause))
      .then(() => stopAll([heartbeats, questions]))
      .catch((err: unknown) => this.#options.logger.warn('heartbeats could not be left', { err }));
  }

  /** Resolves when `isReached` is true of the status; asked after every change of phase. */
  async whenStatus(isReached: (status: TrackerStatus) => boolean): Promise<void> {
    while (!isReached(this.status)) {
      await new Promise<void>((resolve) => void this.#changeWaiters.push(resolve));
    }
  }

  /** Takes nothing more in, answers what it has, and leaves. Resolves when the last append is settled. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopping.resolve();
    this.#nap.end();
    if (this.#office === undefined) {
      await this.#succession.release();
    }
    await this.#run;
    await this.#snapshotter.stop();
    if (this.#phase !== 'failed') {
      this.#enter('stopped');
    }
  }

  async #live(): Promise<void> {
    while (!this.#isStopping) {
      const candidacy = await runForOffice({
        ...this.#options,
        access: this.#access,
        succession: this.#succession,
        snapshotter: this.#snapshotter,
        doubts: this.#doubts,
        lastSignMs: () => this.#lastSignMs,
        noteSign: () => this.#noteSign(),
        heard: () => this.#heard,
        onWaiting: (reason) => this.#noteWaiting(reason),
        isStopping: () => this.#isStopping,
        sleep: (delayMs) => this.#nap.sleep(delayMs),
        onFolded: ({ bookmark, ledger }, isSound) => {
          this.#folded = bookmark;
          this.#provenHistory = isSound ? ledger.cell?.historyId : undefined;
        },
      });
      if (!candidacy.ok) {
        this.#fail(candidacy.error);
        return;
      }
      if (candidacy.value === undefined) {
        return;
      }
      const end = await this.#serve(candidacy.value);
      if (end !== undefined && !(await this.#survives(end))) {
        return;
      }
    }
  }

  /** Holds office until it ends by itself, or, when the tracker stops, until everything taken in is answered. */
  async #serve(state: WriterState): Promise<PipelineEnd | undefined> {
    const ended = Promise.withResolvers<PipelineEnd>();
    const office = this.#openOffice(state, ended.resolve);
    let end: PipelineEnd | undefined;
    try {
      end = await this.#hold(office, ended.promise);
    } finally {
      office.close();
      this.#office = undefined;
    }
    this.#enter('standing-by');
    return end;
  }

  async #hold(office: Office, ended: Promise<PipelineEnd>): Promise<PipelineEnd | undefined> {
    const { logger } = this.#options;
    const end = await serveTerm({
      ...this.#options,
      office,
      ended,
      stopping: this.#stopping.promise,
      held: this.#succession.takeHeld() ?? (await HeldCommands.open(this.#options)),
      onInOffice: () => {
        this.#enter('in-office');
        logger.info('in office', { epoch: this.#folded.epoch, number: this.#folded.number });
      },
    });
    // Whoever takes over from here needs a moment to say so.
    this.#noteSign();
    return end;
  }

  #openOffice(state: WriterState, onEnd: (end: PipelineEnd) => void): Office {
    const cell = state.ledger.cell;
    if (cell === undefined) {
      throw new Error('a writer was elected in a log without LedgerCreated');
    }
    this.#noteDurable(cell.historyId, state.bookmark);
    const office = new Office({
      ...this.#options,
      state,
      cell,
      snapshotter: this.#snapshotter,
      doubts: this.#doubts,
      quarantine: this.#quarantine,
      settle: (expected, commit) => this.#access.append(expected, commit),
      askEnd: () => this.#access.end(),
      onDurable: ({ bookmark }) => this.#noteDurable(cell.historyId, bookmark),
      onEnd,
    });
    this.#office = office;
    return office;
  }

  /** Whether the tracker may stand by again after its office ended like this. */
  async #survives(end: PipelineEnd): Promise<boolean> {
    const { logger, log, marks } = this.#options;
    switch (end.reason) {
      case 'deposed':
        logger.warn('deposed', { epoch: this.#folded.epoch, number: this.#folded.number });
        this.#noteSign();
        return true;
      case 'doubted':
        this.#noteSign();
        return true;
      case 'went-back':
        this.#fail(await diagnoseLoss(log, marks.mark, wentBackFailure(end.end, this.#folded)));
        return false;
      case 'damaged':
        this.#fail(damageFailure(end.cause));
        return false;
      case 'refused':
        this.#fail(refusedFailure(end.cause));
        return false;
      case 'failed':
        if (end.cause instanceof LogDamageError) {
          this.#fail(damageFailure(end.cause));
          return false;
        }
        logger.error('office failed: state dropped', { errCode: 'INTERNAL_ERROR', err: end.cause });
        this.#noteSign();
        return true;
    }
  }

  /** Another writer's sign of life: a reason to wait, or, with a higher epoch, to ask the log who is in office. */
  #hear(payload: Uint8Array): void {
    const heartbeat = readHeartbeat(payload);
    if (heartbeat === undefined || heartbeat.writer === this.#options.settings.writer) {
      return;
    }
    this.#heard = heartbeat.mark ?? this.#heard;
    if (heartbeat.mark?.historyId === this.#provenHistory && heartbeat.mark !== undefined) {
      this.#options.marks.raise(heartbeat.mark);
    }
    this.#succession.hear(heartbeat);
    if (this.#office === undefined) {
      if (heartbeat.epoch >= this.#folded.epoch) {
        this.#noteSign();
      }
    } else if (heartbeat.epoch > this.#folded.epoch) {
      this.#office.prove();
    }
  }

  #noteWaiting(reason: string | undefined): void {
    if (reason !== undefined && reason !== this.#waitsFor) {
      this.#options.logger.warn('no office is taken', { errCode: 'LOG_WENT_BACK', reason });
      this.#options.onWaiting?.(reason);
    }
    this.#waitsFor = reason;
  }

  #noteSign(): void {
    this.#lastSignMs = this.#options.clock.monotonicMs();
  }

  #noteDurable(historyId: string, bookmark: Bookmark): void {
    const { number, hash } = bookmark;
    this.#options.marks.raise({ historyId, number, hash });
    this.#folded = bookmark;
  }

  /** A log that stays unavailable is no failure of a tracker that is leaving anyway. */
  #crash(cause: unknown): void {
    if (!(this.#isStopping && cause instanceof LogUnavailableError)) {
      this.#fail(cause instanceof LogDamageError ? damageFailure(cause) : unexpectedFailure(cause));
    }
  }

  #fail(failure: TrackerFailure): void {
    const { logger, onFailure } = this.#options;
    const { code, message } = failure.error;
    logger.error('tracker stopped', { errCode: code, reason: message, err: failure.cause });
    this.#office?.close();
    this.#office = undefined;
    this.#enter('failed');
    onFailure(failure);
  }

  #enter(phase: TrackerPhase): void {
    this.#phase = phase;
    for (const resolve of this.#changeWaiters.splice(0)) {
      resolve();
    }
  }

  #exposeMetrics(): void {
    const { metrics } = this.#options;
    // Shown as 0 before anything is counted.
    metrics.counter('fleetbook_commands_quarantined_total');
    metrics.counter('fleetbook_checkpoints_written_total');
    metrics.onCollect(() => {
      metrics.gauge('fleetbook_writer_in_office').set(this.#office === undefined ? 0 : 1);
      metrics.gauge('fleetbook_writer_epoch').set(this.#folded.epoch);
      metrics.gauge('fleetbook_ledger_number').set(this.#folded.number);
      metrics.gauge('fleetbook_commands_pending').set(this.#office?.waiting ?? 0);
    });
  }
}
