import { createChance } from '../simulation/world/random.ts';
import { contradictions } from '../support/client-history.ts';
import { addNodes } from '../support/fleet.ts';
import { type Load, startLoad } from '../support/load.ts';
import { startServicesAt } from '../support/services-at.ts';
import { until } from '../support/until.ts';
import { checkViews } from './check-views.ts';
import { SERVICE_FAULTS } from './faults.ts';
import type { Ground } from './grounds/ground.ts';
import { Schedule } from './schedule.ts';
import { TorturedServices } from './services.ts';

export interface TortureOptions {
  readonly seed: number;
  /** Processes to kill. */
  readonly kills: number;
  /** Ends earlier after this time. */
  readonly minutes: number;
  readonly onFault: (line: string) => void;
}

/** What was done of one fault. */
export interface FaultCount {
  readonly times: number;
  /** Until claims had gone on after it, at most. */
  readonly slowestMs: number;
}

export interface TortureResult {
  readonly kills: number;
  readonly endedBy: 'kills' | 'minutes' | 'something wrong';
  readonly faults: Readonly<Record<string, FaultCount>>;
  readonly seconds: number;
  readonly killsPerMinute: number;
  readonly acknowledged: number;
  /** Commands that clients gave up on after 30 s: their outcome may be recorded, once. */
  readonly unknown: number;
  readonly events: number;
  readonly epoch: number;
  /** Whether the digests of the writer, both projectors, the replay and the naive fold are one. */
  readonly digestsAgree: boolean;
  /** What was found wrong, for people. */
  readonly wrong: readonly string[];
}

const CLIENTS = 10;
const THINKING_MS = 15;
const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const ANSWERS_BETWEEN_FAULTS = 30;
const PROGRESS_MS = 60_000;
const MOST_LINES = 20;

/** Lets clients claim while process after process is killed and stopped, and holds what they were told to the log. */
export async function torture(ground: Ground, options: TortureOptions): Promise<TortureResult> {
  const at = await startServicesAt(ground.place);
  try {
    await ground.prepare?.(at);
    const services = new TorturedServices(at, ground.cell);
    services.start();
    const fleetbook = await at.connect(services.cell);
    await addNodes(fleetbook, NODES);
    const load = startLoad(fleetbook, NODES, CLIENTS, THINKING_MS);
    const { wrong, ...disturbed } = await disturb(services, load, ground, options);
    const sent = await load.finish();
    const checked = await checkViews(services);
    const acknowledged = sent.filter(({ reply }) => reply.outcome !== 'error').length;
    await services.stop();
    const atLast = wrong.length === 0 ? ((await ground.finish?.(services)) ?? []) : [];
    const all = [...wrong, ...checked.wrong, ...contradictions(sent, checked.reading), ...atLast];
    return {
      ...disturbed,
      ...{ acknowledged, unknown: sent.length - acknowledged },
      ...{ events: checked.reading.events.length, epoch: checked.epoch, digestsAgree: checked.digestsAgree },
      wrong: all.slice(0, MOST_LINES),
    };
  } finally {
    await at.stop();
  }
}

async function disturb(services: TorturedServices, load: Load, ground: Ground, options: TortureOptions) {
  const chance = createChance(options.seed, 'torture');
  const schedule = new Schedule({ ...SERVICE_FAULTS, ...ground.faults }, chance);
  const faults: Record<string, FaultCount> = {};
  const beganMs = performance.now();
  const elapsedMs = () => performance.now() - beganMs;
  const claimsGoOn = () => untilMore(services, load);
  const wrong: string[] = [];
  let kills = 0;
  await claimsGoOn();
  while (kills < options.kills && elapsedMs() < options.minutes * 60_000 && wrong.length === 0) {
    const { name, happen } = schedule.next(elapsedMs());
    const startedMs = performance.now();
    try {
      kills += await happen({ services, chance, claimsGoOn });
      await claimsGoOn();
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
    const tookMs = Math.round(performance.now() - startedMs);
    const { times = 0, slowestMs = 0 } = faults[name] ?? {};
    faults[name] = { times: times + 1, slowestMs: Math.max(slowestMs, tookMs) };
    const rate = perMinute(kills, elapsedMs());
    options.onFault(`${kills} killed, ${rate} a minute; ${name}: claims went on after ${tookMs} ms`);
  }
  const endedBy: TortureResult['endedBy'] =
    wrong.length > 0 ? 'something wrong' : kills >= options.kills ? 'kills' : 'minutes';
  const seconds = Math.round(elapsedMs() / 1_000);
  return { kills, endedBy, faults, seconds, killsPerMinute: perMinute(kills, elapsedMs()), wrong };
}

function perMinute(kills: number, elapsedMs: number): number {
  return Math.round((kills / elapsedMs) * 600_000) / 10;
}

/** Throws at once when a service has ended, which none does while others work on. */
async function untilMore(services: TorturedServices, load: Load): Promise<void> {
  const count = load.answered + ANSWERS_BETWEEN_FAULTS;
  const isEnough = async (): Promise<true | undefined> => {
    const ended = await services.endedByThemselves();
    if (ended.length > 0) {
      throw new Error(ended.join(', '));
    }
    return load.answered >= count ? true : undefined;
  };
  await until('claims that go on', isEnough, PROGRESS_MS);
}
