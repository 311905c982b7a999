import { allCommandsSubject } from '@fleetbook/contracts';
import type { Clock } from '@fleetbook/operations';
import { Fifo } from '../gate/fifo.ts';
import type { BusSubscription, MessageHandler, Respond, TrackerBus } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';

export interface HeldCommandsOptions {
  readonly bus: TrackerBus;
  readonly clock: Clock;
  readonly settings: Pick<TrackerSettings, 'cell' | 'inbox'>;
}

interface HeldCommand {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly respond: Respond;
  /** When nobody waits for its answer any more, monotonic milliseconds. */
  readonly endsMs: number | undefined;
}

/** The commands that arrive while office changes hands in order: kept until there is somebody to decide them. */
export class HeldCommands {
  readonly #options: HeldCommandsOptions;
  readonly #kept = new Fifo<HeldCommand>();
  #bytes = 0;
  #subscription: BusSubscription | undefined;
  #taker: MessageHandler | undefined;

  private constructor(options: HeldCommandsOptions) {
    this.#options = options;
  }

  /** Resolves when every command that is sent from now on arrives here too. */
  static async open(options: HeldCommandsOptions): Promise<HeldCommands> {
    const held = new HeldCommands(options);
    held.#subscription = await options.bus.subscribe(allCommandsSubject(options.settings.cell), held.#receive);
    return held;
  }

  /** Lets go of what has arrived so far: others answer it. */
  forget(): void {
    for (let item = this.#kept.take(); item !== undefined; item = this.#kept.take()) {
      item.respond();
    }
    this.#bytes = 0;
  }

  /** Hands on what was kept, in the order in which it came, and from now on what comes. */
  handTo(taker: MessageHandler): void {
    this.#taker = taker;
    const nowMs = this.#options.clock.monotonicMs();
    for (let item = this.#kept.take(); item !== undefined; item = this.#kept.take()) {
      const { subject, payload, respond, endsMs } = item;
      taker(subject, payload, respond, endsMs === undefined ? undefined : endsMs - nowMs);
    }
  }

  /** Takes nothing more in. What is still kept gets no answer from here. */
  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.forget();
  }

  #receive: MessageHandler = (subject, payload, respond, deadlineMs) => {
    if (this.#taker !== undefined) {
      this.#taker(subject, payload, respond, deadlineMs);
      return;
    }
    const { clock, settings } = this.#options;
    const { messages, bytes } = settings.inbox;
    if (this.#kept.size >= messages || this.#bytes + payload.length > bytes) {
      respond();
      return;
    }
    this.#bytes += payload.length;
    const endsMs = deadlineMs === undefined ? undefined : clock.monotonicMs() + deadlineMs;
    this.#kept.add({ subject, payload, respond, endsMs });
  };
}
