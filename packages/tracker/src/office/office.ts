import type { WriterHeartbeat } from '@fleetbook/contracts';
import type { Cell, Decider, Ledger } from '@fleetbook/domain';
import type { CommandInbox, EncodedCommit, EventLog, Position } from '@fleetbook/event-log';
import type { Clock, Ids, Logger, Metrics, Timers } from '@fleetbook/operations';
import { CommitPipeline, type DurableCommit, type PipelineEnd } from '../commit/commit-pipeline.ts';
import type { SettledAppend } from '../commit/settle-append.ts';
import { Admission } from '../gate/admission.ts';
import { createAnswerRepeat } from '../gate/answer-repeat.ts';
import { CommandGate } from '../gate/command-gate.ts';
import { createMessageHandler } from '../gate/handle-message.ts';
import { Intake } from '../gate/intake.ts';
import type { Quarantine } from '../gate/quarantine.ts';
import { replyTo } from '../gate/replies.ts';
import { Unanswered } from '../gate/unanswered.ts';
import { clockCheck, inboxChecks } from '../health/checks.ts';
import { ProgressWatch } from '../health/progress-watch.ts';
import { type HealthSources, type TrackerHealth, trackerHealth } from '../health/tracker-health.ts';
import type { InboxDrain } from '../inbox/inbox-drain.ts';
import { openDrain } from '../inbox/open-drain.ts';
import { DecisionReader } from '../outcomes/decision-reader.ts';
import type { Respond, TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import type { Snapshotter } from '../snapshot/snapshotter.ts';
import { ClockWatch } from './clock-watch.ts';
import { publishFeed } from './feed.ts';
import { LogPulse } from './log-pulse.ts';
import { Meters } from './meters.ts';
import { ProvenAnswers } from './proven-answers.ts';
import { ReportWatch } from './report-watch.ts';
import type { StateDoubts } from './state-doubts.ts';
import { type DecideDue, TimedDecisions } from './timed-decisions.ts';
import { writeCheckpoint } from './write-checkpoint.ts';
import { forgetOldOutcomes, noteChanges, type WriterState } from './writer-state.ts';

export interface OfficeOptions extends HealthSources {
  readonly settings: TrackerSettings;
  /** Folded up to this writer's own election. Belongs to the office from now on. */
  readonly state: WriterState;
  readonly cell: Cell;
  readonly log: EventLog;
  readonly bus: TrackerBus;
  readonly inbox?: CommandInbox;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly snapshotter: Snapshotter;
  readonly doubts: StateDoubts;
  readonly quarantine: Quarantine;
  readonly decide: Decider<Ledger>;
  readonly decideDue: DecideDue;
  readonly settle: (expected: Position, commit: EncodedCommit) => Promise<SettledAppend>;
  readonly askEnd: () => Promise<Position>;
  /** Called for every commit that has become durable. */
  readonly onDurable: (durable: DurableCommit) => void;
  readonly onEnd: (end: PipelineEnd) => void;
}

/** One term in office: takes commands in, decides them as they came, and answers what the log has confirmed. */
export class Office {
  readonly #options: OfficeOptions;
  readonly #intake: Intake;
  readonly #pipeline: CommitPipeline;
  readonly #gate: CommandGate;
  readonly #drain: InboxDrain | undefined;
  readonly #decisions: DecisionReader;
  readonly #meters: Meters;
  readonly #timed: TimedDecisions;
  readonly #pulse: LogPulse;
  readonly #unanswered: Unanswered;
  readonly #answers: ProvenAnswers;
  readonly #progress: ProgressWatch;
  readonly #idleWaiters: (() => void)[] = [];
  #isOpen = true;
  #isTurnDue = false;
  /** When the timer last asked for decisions by time that are not made yet, monotonic milliseconds. */
  #timeUpMs: number | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(options: OfficeOptions) {
    const { settings, state, log, metrics } = options;
    this.#options = options;
    this.#meters = new Meters(metrics);
    this.#pulse = new LogPulse({ ...options, ask: () => this.#askLog() });
    this.#unanswered = new Unanswered(options.logger);
    const { recentBytes } = settings;
    this.#decisions = new DecisionReader({ log, commits: state.commits, recentBytes });
    const reports = new ReportWatch(options.clock, state.ledger.nodes.keys());
    this.#pipeline = new CommitPipeline({
      bookmark: state.bookmark,
      ids: options.ids,
      proofLimit: settings.proofLimit,
      settle: options.settle,
      askEnd: options.askEnd,
      milestoneEvents: settings.milestoneEvents,
      onMilestone: () => this.#reachMilestone(),
      onDurable: (durable) => this.#onDurable(durable),
      onRoom: () => this.#noteProgress(),
      onEnd: (end) => this.#end(end),
    });
    this.#gate = this.#openGate(reports);
    const { cell: name, inbox: limits, retryAfterMs } = settings;
    this.#intake = new Intake({
      ...options,
      ...{ cell: name, limits, retryAfterMs, unanswered: this.#unanswered },
      handle: createMessageHandler({
        ...options,
        cell: name,
        meters: this.#meters,
        submit: (message, reply) => this.#gate.submit(message, reply),
      }),
    });
    this.#timed = new TimedDecisions({
      ...options,
      writer: settings.writer,
      pipeline: this.#pipeline,
      clockWatch: new ClockWatch(options.clock),
      reports,
      onChanges: (changes) => noteChanges(state, changes),
    });
    this.#drain = this.#openDrain();
    this.#progress = new ProgressWatch({
      timers: options.timers,
      standstillSeconds: settings.standstillSeconds,
      waiting: () => (this.#isIdle ? undefined : this.#unanswered.size),
    });
    this.#answers = new ProvenAnswers({
      ...options,
      pipeline: this.#pipeline,
      progress: this.#progress,
      unanswered: this.#unanswered,
      tally: this.#meters.tally,
      health: () => this.health(),
      drain: this.#drain,
      onWork: () => this.#scheduleTurn(),
    });
    state.milestones.onChange = () => this.#scheduleTurn();
    this.#startTimer();
  }

  /** Messages not looked at yet. */
  get waiting(): number {
    return this.#intake.waiting;
  }

  takeCommand(subject: string, payload: Uint8Array, respond: Respond, deadlineMs?: number): void {
    if (!this.#isOpen) {
      respond();
      return;
    }
    if (this.#intake.take(subject, payload, respond, deadlineMs)) {
      this.#scheduleTurn();
    }
  }

  /** An operator's word about a parked message of the inbox. */
  settleParked(subject: string, respond: Respond): void {
    if (this.#isOpen) {
      this.#answers.settleParked(subject, respond);
    } else {
      respond();
    }
  }

  answerWriter(payload: Uint8Array, respond: Respond): void {
    if (this.#isOpen) {
      this.#answers.answerWriter(payload, respond);
    } else {
      respond();
    }
  }

  health(): TrackerHealth {
    return trackerHealth(this.#options, [
      clockCheck(this.#timed.suspension()),
      this.#progress.check(),
      ...inboxChecks(this.#drain?.trouble),
    ]);
  }

  heartbeat(): WriterHeartbeat {
    const { settings, cell, clock } = this.#options;
    const { number, hash, epoch } = this.#pipeline.bookmark;
    return { writer: settings.writer, epoch, historyId: cell.historyId, number, hash, at: clock.now() };
  }

  /** Whether the log has answered of late. Asks it when it was not asked for a while. */
  feelLog(): boolean {
    return this.#pulse.feel();
  }

  /** Asks the log whether this writer is still in office; if not, the office ends. */
  prove(): void {
    this.#answers.prove();
  }

  /** Resolves when every command taken in has been answered, or the office has ended. */
  finish(): Promise<void> {
    this.#drain?.stop();
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#scheduleTurn();
    });
  }

  /** From now on nobody is answered and nothing is started. */
  close(): void {
    this.#isOpen = false;
    this.#drain?.stop();
    this.#cancelTimer();
    this.#progress.stop();
    this.#pipeline.stop();
    this.#unanswered.letGo();
    this.#releaseWaiters();
  }

  #openGate(reports: ReportWatch): CommandGate {
    const { state, cell, settings, metrics } = this.#options;
    return new CommandGate({
      ...this.#options,
      historyId: cell.historyId,
      repeatLimit: settings.repeatLimit,
      retryAfterMs: settings.retryAfterMs,
      pipeline: this.#pipeline,
      admission: new Admission({ ...this.#options, refusals: settings.refusals, storage: this.#options.storage }),
      answerRepeat: createAnswerRepeat({
        ...{ state, clock: this.#options.clock },
        historyId: cell.historyId,
        pipeline: this.#pipeline,
        decisions: this.#decisions,
        onDamage: (cause) => this.#end({ reason: 'damaged', cause }),
      }),
      onChanges: (changes) => noteChanges(state, changes),
      onReport: (report) => reports.note(report),
      newestReport: (report) => reports.newestOf(report),
      onQuarantined: () => metrics.counter('fleetbook_commands_quarantined_total').add(),
      onRepeatDone: () => this.#scheduleTurn(),
      onBroken: (cause) => this.#end({ reason: 'failed', cause }),
    });
  }

  #openDrain(): InboxDrain | undefined {
    return openDrain({
      ...this.#options,
      pipeline: this.#pipeline,
      submit: (message, reply, put) => this.#gate.submit(message, reply, put),
      onWork: () => this.#scheduleTurn(),
      onBroken: (cause) => this.#end({ reason: 'failed', cause }),
    });
  }

  /** What is under way may be an append that the log does not take: its end is asked for beside it. */
  #askLog(): void {
    if (this.#pipeline.isIdle) {
      this.prove();
    } else {
      this.#options.log.end().then(
        () => this.#pulse.noteAnswer(),
        (error: unknown) => this.#options.logger.debug('the log does not tell its end', { err: error }),
      );
    }
  }

  get #isIdle(): boolean {
    return this.#intake.waiting === 0 && this.#gate.repeatsInHand === 0 && this.#pipeline.isIdle;
  }

  #noteProgress(): void {
    this.#pulse.noteAnswer();
    this.#progress.note();
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (!this.#isTurnDue && this.#isOpen) {
      this.#isTurnDue = true;
      this.#options.timers.soon(() => this.#takeTurn());
    }
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    if (!this.#isOpen) {
      return;
    }
    const { doubts, state } = this.#options;
    if (doubts.doubts(state.milestones)) {
      this.#end({ reason: 'doubted' });
      return;
    }
    try {
      writeCheckpoint({ ...this.#options, pipeline: this.#pipeline });
      const hasPut = this.#drain?.work() === true;
      // Before commands, which may fill the pipeline at every turn, and after those that came before its time.
      const isTimeDone = this.#decideByTime();
      if (this.#intake.workOff(() => this.#pipeline.isFull) || hasPut) {
        this.#scheduleTurn();
      }
      if (!isTimeDone) {
        this.#decideByTime();
      }
      this.#pipeline.flush();
    } catch (cause) {
      this.#end({ reason: 'failed', cause });
      return;
    }
    if (this.#isIdle) {
      this.#releaseWaiters();
    }
  }

  /** What is decided from here on comes after it, and shows neither in a snapshot nor in a checkpoint of it. */
  #reachMilestone(): void {
    const { snapshotter, state } = this.#options;
    snapshotter.reached(state);
    state.milestones.reached(state.lastNumber, (onReady) => state.digest.take(onReady, 'at-leisure'));
  }

  #startTimer(): void {
    const { timers, clock, settings } = this.#options;
    this.#cancelTimer = timers.after(settings.timedDecisionsMs, () => {
      this.#timeUpMs = clock.monotonicMs();
      this.#scheduleTurn();
    });
  }

  /**
   * What has arrived before its time was up comes first: a late answer of this writer is nobody else's fault. False
   * when nothing was to be looked at, or not yet.
   */
  #decideByTime(): boolean {
    const timeUpMs = this.#timeUpMs;
    if (timeUpMs === undefined || this.#pipeline.isFull || (this.#intake.oldestMs ?? Infinity) <= timeUpMs) {
      return false;
    }
    if (this.#timed.decide()) {
      this.#timeUpMs = this.#options.clock.monotonicMs();
      this.#scheduleTurn();
    } else {
      this.#timeUpMs = undefined;
      this.#startTimer();
    }
    return true;
  }

  #onDurable(durable: DurableCommit): void {
    const { state, cell, bus, settings, logger } = this.#options;
    const { commit, bookmark, decisions } = durable;
    state.bookmark = bookmark;
    state.commits.add(bookmark);
    this.#decisions.keep(commit.firstNumber, bookmark.position, commit.bytes);
    this.#options.onDurable(durable);
    this.#options.snapshotter.durable(state, bookmark);
    for (const decision of decisions) {
      state.milestones.note(decision.events[0]);
      decision.reply?.(replyTo(cell.historyId, decision));
    }
    forgetOldOutcomes(state);
    if (settings.isFeedOn) {
      try {
        publishFeed(bus, settings.cell, durable);
      } catch (error) {
        logger.warn('live feed could not be published', { err: error });
      }
    }
  }

  #end(end: PipelineEnd): void {
    if (this.#isOpen) {
      this.close();
      this.#options.onEnd(end);
    }
  }

  #releaseWaiters(): void {
    for (const resolve of this.#idleWaiters.splice(0)) {
      resolve();
    }
  }
}
