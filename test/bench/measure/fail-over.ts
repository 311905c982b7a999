import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import type { RunningServer } from '@fleetbook/messaging';
import { startServer } from '../processes/cell.ts';
import { type ServiceProcess, startService } from '../processes/service.ts';

/** How long no command was accepted, as clients saw it; milliseconds, one figure for each time. */
export interface FailOverFigures {
  /** The writer in office was killed. */
  readonly killed: readonly number[];
  /** It was told to end, and handed over. */
  readonly handedOver: readonly number[];
  /** Claims that were accepted in all. */
  readonly accepted: number;
}

export interface FailOverSettings {
  /** Directory for the cell's own directory, on the disk to be measured. */
  readonly parent: string;
  readonly kills: number;
  readonly signal: AbortSignal;
  readonly onTurn: (text: string) => void;
}

type Step = () => Promise<unknown>;

interface Place {
  readonly directory: string;
  readonly server: RunningServer;
}

const CELL = 'failover';
const NODE = 'node-1';
const CLIENTS = 10;
/** Between two claims of a client: the office is to change hands, the machine is not to be filled. */
const THINKING_MS = 10;
/** A planned hand-over is told from chance by fewer turns than a death, of which a part is chosen by chance. */
const KILLS_FOR_EACH_HAND_OVER = 2;
const POLL_MS = 10;

/** Kills the writer in office again and again under load, and has it hand over in between. */
export async function measureFailOver(settings: FailOverSettings): Promise<FailOverFigures> {
  const directory = await mkdtemp(join(settings.parent, 'failover-'));
  const steps: Step[] = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  try {
    const server = await startServer(directory);
    steps.push(() => server.stop());
    const fleetbook = await connect(server);
    steps.push(() => fleetbook.close());
    return await new FailOvers(fleetbook, { directory, server }, steps).run(settings);
  } finally {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step();
    }
  }
}

function connect({ url, access }: RunningServer): Promise<Fleetbook> {
  const client = { name: 'bench', version: '0.0.0' };
  return connectFleetbook({ servers: [url], ...('user' in access ? access : {}), cell: CELL, client });
}

class FailOvers {
  readonly #fleetbook: Fleetbook;
  readonly #place: Place;
  readonly #steps: Step[];
  readonly #acceptedMs: number[] = [];
  #fault: string | undefined;
  #isOver = false;

  constructor(fleetbook: Fleetbook, place: Place, steps: Step[]) {
    this.#fleetbook = fleetbook;
    this.#place = place;
    this.#steps = steps;
  }

  async run({ kills, signal, onTurn }: FailOverSettings): Promise<FailOverFigures> {
    const interrupt = (): void => {
      this.#fault ??= 'interrupted';
    };
    signal.addEventListener('abort', interrupt, { once: true });
    let inOffice = await this.#startTracker(false);
    let standby = await this.#startTracker(true);
    await this.#setUp();
    const working = Promise.all(Array.from({ length: CLIENTS }, (_, index) => this.#work(`client-${index}`)));
    const killed: number[] = [];
    const handedOver: number[] = [];
    for (let turn = 1; turn <= kills; turn += 1) {
      const ways = turn % KILLS_FOR_EACH_HAND_OVER === 0 ? (['SIGKILL', 'SIGTERM'] as const) : (['SIGKILL'] as const);
      for (const signal of ways) {
        const gapMs = await this.#end(inOffice, standby, signal);
        (signal === 'SIGKILL' ? killed : handedOver).push(gapMs);
        onTurn(`${turn}/${kills} ${signal}: ${Math.round(gapMs)} ms`);
        inOffice = standby;
        standby = await this.#startTracker(true);
      }
    }
    this.#isOver = true;
    await working;
    return { killed, handedOver, accepted: this.#acceptedMs.length };
  }

  async #startTracker(standsBy: boolean): Promise<ServiceProcess> {
    const service = { name: 'tracker', cell: CELL, ...this.#place, profile: undefined, standsBy } as const;
    const tracker = await startService(service);
    this.#steps.push(() => tracker.stop());
    return tracker;
  }

  async #setUp(): Promise<void> {
    const agent = this.#fleetbook.as('agent', 'agent-1');
    const registered = await agent.send('RegisterNode', { node: NODE, bootId: 'boot-1' });
    const providers = [{ id: NODE, inventories: [{ class: 'CUSTOM_UNIT', total: 1_000_000_000 }] }];
    const report = { node: NODE, incarnation: 1, sequence: 1, mode: 'full', providers } as const;
    const reported = await agent.send('ReportInventory', report);
    for (const { outcome } of [registered, reported]) {
      if (outcome !== 'accepted') {
        throw new Error(`the node could not be set up: ${JSON.stringify([registered, reported])}`);
      }
    }
  }

  /** A scheduler that claims one after the other; what is not accepted in the end makes the figures worth nothing. */
  async #work(name: string): Promise<void> {
    const client = this.#fleetbook.as('scheduler', name);
    const request = { resources: { CUSTOM_UNIT: 1 } };
    for (let index = 0; !this.#isOver && this.#fault === undefined; index += 1) {
      const reply = await client.send('ClaimInstance', { node: NODE, instance: `${name}-${index}`, request });
      if (reply.outcome === 'accepted') {
        this.#acceptedMs.push(performance.now());
      } else {
        this.#fault = JSON.stringify(reply);
      }
      await delay(THINKING_MS);
    }
  }

  /** Ends the one in office while the other has folded the log; gives the longest time without an accepted claim. */
  async #end(inOffice: ServiceProcess, standby: ServiceProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
    await this.#until(async () => {
      const [writer, follower] = [await inOffice.facts(), await standby.facts()];
      return writer['phase'] === 'in-office' && Number(follower['number']) > 0;
    });
    await this.#untilMore(CLIENTS);
    const before = this.#acceptedMs.length - 1;
    const ended = inOffice.kill(signal);
    await this.#until(async () => (await standby.facts())['phase'] === 'in-office');
    await this.#untilMore(2 * CLIENTS);
    await ended;
    const times = this.#acceptedMs.slice(before);
    return Math.max(...times.map((timeMs, index) => timeMs - (times[index - 1] ?? timeMs)));
  }

  #untilMore(count: number): Promise<void> {
    const wanted = this.#acceptedMs.length + count;
    return this.#until(async () => this.#acceptedMs.length >= wanted);
  }

  async #until(isReached: () => Promise<boolean>): Promise<void> {
    while (!(await isReached())) {
      if (this.#fault !== undefined) {
        throw new Error(`a claim was not accepted: ${this.#fault}`);
      }
      await delay(POLL_MS);
    }
  }
}
