import type { ServiceUnderTest } from '../support/service-under-test.ts';
import type { ServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

export type ServiceName = 'tracker' | 'projector';

const CELL = 'torture';

/** Two trackers and two projectors on a nats-server: each that ends is started again. */
export class TorturedServices {
  readonly cell = CELL;
  readonly onServer: ServicesOnServer;
  readonly #running: Record<ServiceName, ServiceUnderTest[]> = { tracker: [], projector: [] };

  constructor(onServer: ServicesOnServer) {
    this.onServer = onServer;
  }

  start(): void {
    for (const name of ['tracker', 'projector'] as const) {
      this.#running[name] = [this.onServer.spawn(name, CELL), this.onServer.spawn(name, CELL)];
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
    this.#running[name] = this.#running[name].map((each) =>
      each === service ? this.onServer.spawn(name, CELL) : each,
    );
    return end;
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
