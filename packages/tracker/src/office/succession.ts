import { type HighWaterMark, successorSubject } from '@fleetbook/contracts';
import type { Clock, Logger, Timers } from '@fleetbook/operations';
import type { BusSubscription, Respond, TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import type { HeardWriter } from './heartbeat.ts';
import { HeldCommands } from './held-commands.ts';
import { readFacts } from './read-facts.ts';

export interface SuccessionOptions {
  readonly bus: TrackerBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly settings: TrackerSettings;
  /** Of the last commit folded. */
  readonly epoch: () => number;
  /** Called when a writer asks for somebody to take over: the log is to be folded to its end, and `accept` called. */
  readonly onInvited: () => void;
}

interface Invitation {
  readonly writer: string;
  readonly epoch: number;
  readonly respond: Respond;
  /** Monotonic milliseconds. */
  readonly askedMs: number;
}

interface Wait {
  readonly from: Invitation;
  readonly end: (departure: HighWaterMark | undefined) => void;
  cancelTimer: () => void;
}

/**
 * The side of a planned hand-over that takes over. First it takes the commands in as well as the writer does, then it
 * says so, then the writer leaves: no command meets nobody. One that both were given is decided once, by its id.
 */
export class Succession {
  readonly #options: SuccessionOptions;
  #subscription: Promise<BusSubscription> | undefined;
  #invitation: Invitation | undefined;
  #wait: Wait | undefined;
  #held: HeldCommands | undefined;

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  /** From now on writers that want to leave can ask this tracker. */
  open(): void {
    const { bus, settings, logger } = this.#options;
    this.#subscription ??= bus.subscribe(successorSubject(settings.cell), (_subject, payload, respond) =>
      this.#receive(payload, respond),
    );
    this.#subscription.catch((err: unknown) => logger.warn('nobody can ask this tracker to take over', { err }));
  }

  /** Not any more; what was promised stays so. */
  close(): void {
    const { logger } = this.#options;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#decline();
    subscription
      ?.then((known) => known.stop())
      .catch((err: unknown) => logger.warn('questions could not be left', { err }));
  }

  get isInvited(): boolean {
    return this.#invitation !== undefined;
  }

  /**
   * Takes commands in beside the writer that asked, says so and waits for it to leave: with what was durable then. Else
   * undefined, and the commands are left to it.
   */
  async accept(): Promise<HighWaterMark | undefined> {
    const { clock, settings } = this.#options;
    const invitation = this.#invitation;
    this.#invitation = undefined;
    if (invitation === undefined || clock.monotonicMs() - invitation.askedMs > settings.handOverWaitMs / 2) {
      invitation?.respond();
      return undefined;
    }
    await this.release();
    const held = await HeldCommands.open(this.#options);
    this.#held = held;
    const departed = this.#untilDeparture(invitation);
    // The writer has all that was delivered here before it hears of it.
    held.forget();
    invitation.respond(Buffer.from(JSON.stringify({ writer: settings.writer })));
    const departure = await departed;
    if (departure === undefined) {
      await this.release();
    }
    return departure;
  }

  /** Takes note of every heartbeat: one that leaves says so, and names its successor. */
  hear({ writer, epoch, successor, mark }: HeardWriter): void {
    const wait = this.#wait;
    if (wait === undefined || wait.from.writer !== writer || wait.from.epoch !== epoch) {
      return;
    }
    if (successor === undefined) {
      this.#restart(wait);
    } else {
      wait.end(successor === this.#options.settings.writer ? mark : undefined);
    }
  }

  /** What was taken in meanwhile, for the office that begins now. */
  takeHeld(): HeldCommands | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  /** Leaves the commands to others. */
  async release(): Promise<void> {
    this.#wait?.end(undefined);
    const held = this.takeHeld();
    await held?.stop();
  }

  #receive(payload: Uint8Array, respond: Respond): void {
    const { clock, epoch: folded, onInvited } = this.#options;
    const { writer, epoch } = readFacts(payload) ?? {};
    const isOurs = typeof writer === 'string' && typeof epoch === 'number' && epoch >= folded();
    if (!isOurs || this.#subscription === undefined || this.#wait !== undefined) {
      respond();
      return;
    }
    this.#decline();
    this.#invitation = { writer, epoch, respond, askedMs: clock.monotonicMs() };
    onInvited();
  }

  #decline(): void {
    this.#invitation?.respond();
    this.#invitation = undefined;
  }

  #untilDeparture(from: Invitation): Promise<HighWaterMark | undefined> {
    return new Promise((resolve) => {
      const end = (departure: HighWaterMark | undefined): void => {
        wait.cancelTimer();
        this.#wait = undefined;
        resolve(departure);
      };
      const wait: Wait = { from, end, cancelTimer: () => undefined };
      this.#wait = wait;
      this.#restart(wait);
    });
  }

  /** As long as the writer gives signs of life it may still have commands to answer. */
  #restart(wait: Wait): void {
    const { timers, clock, settings } = this.#options;
    wait.cancelTimer();
    const leftMs = wait.from.askedMs + settings.holdLimitMs - clock.monotonicMs();
    wait.cancelTimer = timers.after(Math.max(0, Math.min(settings.silenceMs, leftMs)), () => wait.end(undefined));
  }
}
