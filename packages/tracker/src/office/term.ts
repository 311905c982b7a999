import {
  allParkedSubject,
  encodeQueryReply,
  fleetbookError,
  formatToken,
  handOverSubject,
  queryErrorReply,
  querySubject,
  successorSubject,
} from '@fleetbook/contracts';
import type { Logger, Timers } from '@fleetbook/operations';
import type { PipelineEnd } from '../commit/commit-pipeline.ts';
import type { BusSubscription, Respond, TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import { publishHeartbeat } from './heartbeat.ts';
import type { HeldCommands } from './held-commands.ts';
import type { Office } from './office.ts';
import { readFacts } from './read-facts.ts';
import { stopAll } from './stop-all.ts';

export interface TermOptions {
  readonly settings: TrackerSettings;
  readonly bus: TrackerBus;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly office: Office;
  /** Resolves when the office ends by itself. */
  readonly ended: Promise<PipelineEnd>;
  /** Resolves when the tracker is to stop. */
  readonly stopping: Promise<void>;
  /** Takes commands in already, where office was handed over. */
  readonly held: HeldCommands;
  /** Called when commands and questions are taken in. */
  readonly onInOffice: () => void;
}

type Wish =
  | { readonly kind: 'ended'; readonly end: PipelineEnd }
  | { readonly kind: 'stop' }
  | { readonly kind: 'hand-over'; readonly respond: Respond };

/**
 * One term from its first command to its last. Resolves with its end when it ended by itself; undefined when it was
 * left in order: then everything taken in is answered.
 */
export async function serveTerm(options: TermOptions): Promise<PipelineEnd | undefined> {
  const { bus, settings, office, held, onInOffice } = options;
  const { cell } = settings;
  const wishes = new Wishes(options);
  held.handTo((subject, payload, respond, deadlineMs) => office.takeCommand(subject, payload, respond, deadlineMs));
  const subscriptions: BusSubscription[] = [held];
  const listen = async (subject: string, take: (payload: Uint8Array, respond: Respond) => void): Promise<void> => {
    subscriptions.push(await bus.subscribe(subject, (_subject, payload, respond) => take(payload, respond)));
  };
  subscriptions.push(
    await bus.subscribe(allParkedSubject(cell), (subject, _payload, respond) => office.settleParked(subject, respond)),
  );
  await listen(querySubject(cell, 'writer'), (payload, respond) => office.answerWriter(payload, respond));
  await listen(handOverSubject(cell), (_payload, respond) => wishes.add(respond));
  const stopHeartbeat = beat(options);
  try {
    onInOffice();
    const leave = await untilLeaving(options, wishes);
    await stopAll(subscriptions);
    if (leave.kind === 'ended') {
      return leave.end;
    }
    const end = await Promise.race([office.finish(), options.ended]);
    if (end !== undefined) {
      return end;
    }
    stopHeartbeat();
    depart(options, leave, wishes.takeAll());
    return undefined;
  } finally {
    stopHeartbeat();
    wishes.letGo();
  }
}

type Leave =
  | { readonly kind: 'ended'; readonly end: PipelineEnd }
  | { readonly kind: 'left'; readonly successor: string | undefined; readonly respond: Respond | undefined };

/** A tracker that stops leaves in any case; one that is asked to hand over stays when nobody takes over. */
async function untilLeaving(options: TermOptions, wishes: Wishes): Promise<Leave> {
  for (;;) {
    const wish = await wishes.next();
    if (wish.kind === 'ended') {
      return wish;
    }
    const found = await Promise.race([findSuccessor(options), options.ended]);
    if (typeof found === 'object') {
      return { kind: 'ended', end: found };
    }
    if (wish.kind === 'stop') {
      return { kind: 'left', successor: found, respond: undefined };
    }
    if (found !== undefined) {
      return { kind: 'left', successor: found, respond: wish.respond };
    }
    const reason = 'no tracker that has folded the log stands by';
    wish.respond(encodeQueryReply(queryErrorReply(fleetbookError('UNAVAILABLE', { service: 'A successor', reason }))));
  }
}

/** The id of the tracker that has begun to take commands in beside this one; undefined when nobody does in time. */
async function findSuccessor({ bus, settings, office }: TermOptions): Promise<string | undefined> {
  const { writer, epoch } = office.heartbeat();
  const question = Buffer.from(JSON.stringify({ writer, epoch }));
  const answer = await bus.askFirst(successorSubject(settings.cell), question, settings.handOverWaitMs);
  const { writer: successor } = answer === undefined ? {} : (readFacts(answer) ?? {});
  return typeof successor === 'string' ? successor : undefined;
}

/** The last word of a term: the successor need wait for nobody. */
function depart(
  { bus, settings, office, logger }: TermOptions,
  { successor, respond }: Leave & { kind: 'left' },
  others: readonly Respond[],
): void {
  const asking = respond === undefined ? others : [respond, ...others];
  if (successor === undefined) {
    letGo(asking);
    return;
  }
  const last = office.heartbeat();
  const { writer, epoch, historyId, number, at } = last;
  try {
    publishHeartbeat(bus, settings.cell, { ...last, successor });
  } catch (error) {
    logger.warn('the hand-over could not be told', { err: error });
  }
  logger.info('office handed over', { epoch, number, successor });
  const answer = { writer, epoch, successor };
  const reply = encodeQueryReply({ outcome: 'answer', token: formatToken(historyId, number), at, answer });
  for (const tell of asking) {
    tell(reply);
  }
}

function letGo(asking: readonly Respond[]): void {
  for (const respond of asking) {
    respond();
  }
}

/** Tells others at intervals that office is held, while the log answers. */
function beat({ timers, bus, settings, office, logger }: TermOptions): () => void {
  let cancel: () => void = () => undefined;
  let isSilent = false;
  const tell = (): void => {
    const hasLog = office.feelLog();
    if (!hasLog && !isSilent) {
      logger.warn('the log does not answer: no sign of life is given', { errCode: 'UNAVAILABLE' });
    }
    isSilent = !hasLog;
    try {
      if (hasLog) {
        publishHeartbeat(bus, settings.cell, office.heartbeat());
      }
    } catch (error) {
      logger.warn('heartbeat could not be published', { err: error });
    }
    cancel = timers.after(settings.heartbeatMs, tell);
  };
  tell();
  return () => cancel();
}

/** What ends a term, in the order in which it comes up. */
class Wishes {
  readonly #handOvers: Respond[] = [];
  readonly #first: Promise<Wish>;
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor({ ended, stopping }: TermOptions) {
    this.#first = Promise.race([
      ended.then((end): Wish => ({ kind: 'ended', end })),
      stopping.then((): Wish => ({ kind: 'stop' })),
    ]);
  }

  add(respond: Respond): void {
    if (this.#isOver) {
      respond();
      return;
    }
    this.#handOvers.push(respond);
    this.#wake();
  }

  async next(): Promise<Wish> {
    const asked = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#handOvers.length === 0) {
      const first = await Promise.race([this.#first, asked]);
      if (first !== undefined) {
        return first;
      }
    }
    const respond = this.#handOvers.shift();
    return respond === undefined ? this.#first : { kind: 'hand-over', respond };
  }

  /** Those who have asked for a hand-over and wait, while the office is handed over. */
  takeAll(): readonly Respond[] {
    return this.#handOvers.splice(0);
  }

  /** Nobody who is left is answered. */
  letGo(): void {
    this.#isOver = true;
    letGo(this.takeAll());
  }
}
