import type { HighWaterMark } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type EventLog, LogDamageError, MarkCheck } from '@fleetbook/event-log';
import {
  type Clock,
  type Ids,
  type Logger,
  type MarkKeeper,
  slicesOn,
  type Timers,
  yieldToMessages,
} from '@fleetbook/operations';
import { backoffMs } from '../commit/backoff.ts';
import { damageFailure, recoveryFailure, refusedFailure, type TrackerFailure, wentBackFailure } from '../failure.ts';
import type { LogAccess } from '../log-access.ts';
import type { Random, TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import type { Snapshotter } from '../snapshot/snapshotter.ts';
import { diagnoseLoss } from './diagnose-loss.ts';
import { askPeers, missingHere, waitingReason } from './peers.ts';
import { type RecoveryFailure, recover } from './recover.ts';
import type { StateDoubts } from './state-doubts.ts';
import type { Succession } from './succession.ts';
import { takeOffice } from './take-office.ts';
import { raiseMark, type WriterState } from './writer-state.ts';

export interface CandidacyOptions {
  readonly settings: TrackerSettings;
  readonly log: EventLog;
  readonly access: LogAccess;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly random: Random;
  readonly logger: Logger;
  readonly snapshotter: Snapshotter;
  readonly doubts: StateDoubts;
  readonly marks: MarkKeeper;
  /** Monotonic milliseconds of another writer's last sign of life, as far as this process has heard. */
  readonly lastSignMs: () => number;
  readonly noteSign: () => void;
  readonly bus: TrackerBus;
  /** Of a writer that hands over to this one. */
  readonly succession: Succession;
  /** The end of the log as the last writer heard stated it. */
  readonly heard: () => HighWaterMark | undefined;
  /** Told why no office is taken though it is vacant; undefined when nothing stands in the way. */
  readonly onWaiting: (reason: string | undefined) => void;
  readonly isStopping: () => boolean;
  /** Resolves after the time, or sooner when the tracker stops. */
  readonly sleep: (delayMs: number) => Promise<void>;
  /** @param isSound whether the log was read to its end and holds what is known to have been in it. */
  readonly onFolded: (state: WriterState, isSound: boolean) => void;
}

/** Why a candidacy ends without a state: for good, or to begin again from the first event. */
type Setback = TrackerFailure | 'refold';

/** The folded state with this writer in office; undefined when the tracker stops before it gets there. */
export async function runForOffice(
  options: CandidacyOptions,
): Promise<Result<WriterState | undefined, TrackerFailure>> {
  const { succession } = options;
  succession.open();
  let isElected = false;
  try {
    for (;;) {
      const elected = await standUntilElected(options);
      if (elected.ok) {
        isElected = elected.value !== undefined;
        return elected;
      }
      if (elected.error !== 'refold') {
        return fail(elected.error);
      }
    }
  } finally {
    succession.close();
    if (!isElected) {
      await succession.release();
    }
  }
}

async function standUntilElected(options: CandidacyOptions): Promise<Result<WriterState | undefined, Setback>> {
  const { settings, access, logger, random, clock, ids } = options;
  const { cell, writer, policies } = settings;
  const opened = await openState(options);
  if (!opened.ok) {
    return opened;
  }
  const state = opened.value;
  const check = new MarkCheck(options.marks.mark, state.bookmark, await options.marks.neighbours());
  for (let attempt = 1; !options.isStopping(); attempt += 1) {
    const ready = await followUntilVacant(options, state, check);
    if (!ready.ok || options.isStopping()) {
      return ready.ok ? succeed(undefined) : ready;
    }
    const isInvited = options.succession.isInvited;
    const next = await (isInvited ? succeedWriter : compareWithPeers)(options, state, check);
    if (!next.ok) {
      return next;
    }
    if (next.value === 'wait') {
      continue;
    }
    const settle = access.append.bind(access);
    const settled = await takeOffice({ clock, ids, cell, writer, policies, settle }, state);
    switch (settled.status) {
      case 'appended':
        return succeed(state);
      case 'conflict':
        logger.info('another tracker was faster', { epoch: state.bookmark.epoch });
        options.noteSign();
        await options.succession.release();
        await options.sleep(backoffMs(settings.backoff, attempt, random));
        break;
      case 'went-back':
        return fail(await diagnoseLoss(options.log, options.marks.mark, wentBackFailure(settled.end, state.bookmark)));
      case 'damaged':
        return fail(damageFailure(settled.cause));
      case 'refused':
        return fail(refusedFailure(settled.cause));
      case 'abandoned':
        return succeed(undefined);
    }
  }
  return succeed(undefined);
}

/** Where the fold begins: the newest snapshot of this log, or before the first event. */
async function openState(options: CandidacyOptions): Promise<Result<WriterState, TrackerFailure>> {
  const { access, snapshotter, doubts } = options;
  if (doubts.isRefoldDue) {
    await snapshotter.discard();
    doubts.isRefoldDue = false;
    return succeed(snapshotter.begin());
  }
  try {
    return succeed(await access.untilAvailable(() => snapshotter.open()));
  } catch (error) {
    if (error instanceof LogDamageError) {
      return fail(damageFailure(error));
    }
    throw error;
  }
}

/**
 * Folds the log until a writer hands over, or no other writer gives a sign of life, neither a heartbeat nor a commit,
 * for the time of silence. A log in which nobody was ever elected is vacant at once.
 */
async function followUntilVacant(
  options: CandidacyOptions,
  state: WriterState,
  check: MarkCheck,
): Promise<Result<void, Setback>> {
  const { settings, clock, random } = options;
  const silenceMs = settings.silenceMs * (1 + random() / 2);
  const isSilent = () => clock.monotonicMs() - options.lastSignMs() >= silenceMs;
  for (let isFirst = true; !options.isStopping(); isFirst = false) {
    const before = state.bookmark.number;
    const startedMs = clock.monotonicMs();
    const folded = await catchUp(options, state, check);
    if (!folded.ok || state.bookmark.epoch === 0 || options.succession.isInvited) {
      return folded;
    }
    // A log that kept this tracker waiting kept the writer waiting too: that is no reason to elect another.
    const hadToWait = clock.monotonicMs() - startedMs >= settings.silenceMs / 2;
    if (!isFirst && (state.bookmark.number > before || hadToWait)) {
      options.noteSign();
    }
    if (isSilent()) {
      return folded;
    }
    // Looked at rarely, commits of a writer that is dead by now would pass for signs that it lives.
    const leftMs = options.lastSignMs() + silenceMs - clock.monotonicMs();
    await options.sleep(Math.max(1, Math.min(leftMs, settings.heartbeatMs)));
  }
  return succeed(undefined);
}

/**
 * Asks the other services what they know to be durable, those of this machine that are gone by what they kept, and then
 * the log whether it holds that: no office is taken on less. Also no office is taken while somebody else goes on
 * writing.
 */
async function compareWithPeers(
  options: CandidacyOptions,
  state: WriterState,
  check: MarkCheck,
): Promise<Result<'go-on' | 'wait', Setback>> {
  const { bus, settings, logger, marks } = options;
  const signMs = options.lastSignMs();
  const before = state.bookmark.number;
  const known = { heard: options.heard(), isFounding: before === 0 };
  const [answered, kept] = await Promise.all([askPeers(bus, settings, known), marks.neighbours()]);
  const folded = await catchUp(options, state, check);
  if (!folded.ok || options.isStopping()) {
    return folded.ok ? succeed('wait') : folded;
  }
  if (state.bookmark.number > before) {
    options.noteSign();
    return succeed('wait');
  }
  if (options.lastSignMs() > signMs && state.bookmark.epoch > 0) {
    return succeed('wait');
  }
  const missing = missingHere([...answered, ...kept], state, logger);
  const reason = missing === undefined ? undefined : waitingReason(missing, state.bookmark.number);
  options.onWaiting(reason);
  if (reason === undefined) {
    return succeed('go-on');
  }
  await options.sleep(settings.peerRetryMs);
  return succeed('wait');
}

/**
 * Takes over from a writer that leaves. It was the only one to write, so nobody knows more than it did: there are no
 * others to ask.
 */
async function succeedWriter(
  options: CandidacyOptions,
  state: WriterState,
  check: MarkCheck,
): Promise<Result<'go-on' | 'wait', Setback>> {
  const { succession } = options;
  const departure = await succession.accept();
  if (departure === undefined || options.isStopping()) {
    await succession.release();
    return succeed('wait');
  }
  const folded = await catchUp(options, state, check);
  if (folded.ok && missingHere([departure], state, options.logger) === undefined) {
    return succeed('go-on');
  }
  await succession.release();
  return folded.ok ? succeed('wait') : folded;
}

/** Only what is in a log that holds the mark kept so far raises the mark. */
async function catchUp(
  options: CandidacyOptions,
  state: WriterState,
  check: MarkCheck,
): Promise<Result<void, Setback>> {
  const { log, access, settings, marks, snapshotter, doubts, clock, timers } = options;
  const { cell, milestoneEvents } = settings;
  const onMilestone = (reached: WriterState): void => noteMilestone(snapshotter, reached);
  const slices = slicesOn(clock, () => yieldToMessages(timers))();
  const folded = await access.untilAvailable(() =>
    recover({ log, cell, check, milestoneEvents, onMilestone, slices }, state),
  );
  options.onFolded(state, folded.ok);
  if (folded.ok) {
    raiseMark(marks, state);
    return doubts.doubts(state.milestones) ? fail('refold') : folded;
  }
  if (folded.error.code === 'FOLD_FAILED' && state.begunAt > 0) {
    doubts.demandRefold(folded.error.number, folded.error.cause);
    return fail('refold');
  }
  const failure = recoveryFailure(folded.error);
  return fail(isUnspecificLoss(folded.error) ? await diagnoseLoss(log, marks.mark, failure) : failure);
}

/** Told by the log itself, which knows positions only. */
function isUnspecificLoss(error: RecoveryFailure): boolean {
  return error.code === 'LOG_DAMAGED' && error.cause.kind === 'went-back' && error.cause.missing === undefined;
}

/** What is folded is durable. */
function noteMilestone(snapshotter: Snapshotter, state: WriterState): void {
  snapshotter.reached(state);
  snapshotter.durable(state, state.bookmark);
}
