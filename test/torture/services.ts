import type { ServiceUnderTest } from '../support/service-under-test.ts';
import type { ServicesAt } from '../support/services-at.ts';
import { until } from '../support/until.ts';

export type ServiceName = 'tracker' | 'projector';

const NAMES = ['tracker', 'projector'] as const;

/** Two trackers and two projectors of a cell: each that ends is started again. */
export class TorturedServices {
  readonly cell: string;
  readonly at: ServicesAt;
  readonly #running: Record<ServiceName, ServiceUnderTest[]> = { tracker: [], projector: [] };

  constructor(at: ServicesAt, cell: string) {
    this.at = at;
    this.cell = cell;
  }

  start(): void {
    for (const name of NAMES) {
      this.#running[name] = [this.at.spawn(name, this.cell), this.at.spawn(name, this.cell)];
    }
  }

  get projectors(): readonly ServiceUnderTest[] {
    return this.#running.projector;
  }

  get trackers(): readonly ServiceUnderTest[] {
    return this.#running.tracker;
  }

  /** The tracker in office; any, when for the moment none is. */
  async writer(): Promise<ServiceUnderTest> {
    const phases = await Promise.all(this.trackers.map(phaseOf));
    return this.trackers[Math.max(0, phases.indexOf('in-office'))] ?? fail();
  }

  /** One that stands by; any, when for the moment none does. */
  async standby(): Promise<ServiceUnderTest> {
    const writer = await this.writer();
    return this.trackers.find((tracker) => tracker !== writer) ?? writer;
  }

  /** Ends a service by a signal and starts another in its place. Gives how it ended. */
  async replace(name: ServiceName, service: ServiceUnderTest, signal: NodeJS.Signals): Promise<number | string> {
    service.kill(signal);
    const end = await service.ended;
    this.#running[name] = this.#running[name].map((each) => (each === service ? this.at.spawn(name, this.cell) : each));
    return end;
  }

  /** Kills all of them and starts others. Gives how many were killed. */
  async killAll(): Promise<number> {
    const killed = NAMES.flatMap((name) => this.#running[name].map((each) => this.replace(name, each, 'SIGKILL')));
    return (await Promise.all(killed)).length;
  }

  /** Services that have ended by themselves: none may. */
  async endedByThemselves(): Promise<readonly string[]> {
    const all = Object.entries(this.#running).flatMap(([name, services]) =>
      services.map(async (service) => {
        const end = await Promise.race([service.ended, Promise.resolve(undefined)]);
        return end === undefined ? [] : [`a ${name} ended by itself: ${end}`];
      }),
    );
    return (await Promise.all(all)).flat();
  }

  async whenAllReady(): Promise<void> {
    await until(
      'every projector and a tracker that is ready',
      async () => {
        const projectors = await Promise.all(this.projectors.map((each) => each.status('/readyz').catch(() => 0)));
        const phases = await Promise.all(this.trackers.map(phaseOf));
        return projectors.every((status) => status === 200) && phases.includes('in-office') ? true : undefined;
      },
      60_000,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.trackers, ...this.projectors].map((service) => service.stop()));
  }
}

async function phaseOf(tracker: ServiceUnderTest): Promise<unknown> {
  return Object(await tracker.facts().catch(() => undefined)).phase;
}

function fail(): never {
  throw new Error('no tracker was ever started');
}
