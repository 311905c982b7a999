import { type Chance, createChance } from '../simulation/world/random.ts';
import { contradictions } from '../support/client-history.ts';
import { addNodes } from '../support/fleet.ts';
import { type Load, startLoad } from '../support/load.ts';
import { startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';
import { chooseFault, FAULTS, type FaultName } from './faults.ts';
import { flipByte } from './flip-byte.ts';
import { TorturedServices } from './services.ts';

export interface TortureOptions {
  readonly seed: number;
  /** Processes to kill. */
  readonly kills: number;
  /** Ends earlier after this time. */
  readonly minutes: number;
  readonly onFault: (line: string) => void;
}

export interface TortureResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly kills: number;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  readonly seconds: number;
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
/** Queries go to either projector by chance. */
const DIGEST_QUESTIONS = 12;
const MOST_LINES = 20;

/** Lets clients claim while process after process is killed and stopped, and holds what they were told to the log. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const onServer = await startServicesOnServer();
  try {
    const services = new TorturedServices(onServer);
    services.start();
    const fleetbook = await onServer.connect(services.cell);
    await addNodes(fleetbook, NODES);
    const load = startLoad(fleetbook, NODES, CLIENTS, THINKING_MS);
    const startedMs = performance.now();
    const { kills, faults, wrong } = await disturb(services, load, options);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const sent = await load.finish();
    const checked = await check(services);
    const acknowledged = sent.filter(({ reply }) => reply.outcome !== 'error');
    const found = [...wrong, ...checked.wrong, ...contradictions(sent, checked.reading)];
    await services.stop();
    const flipped = await flipByte(services);
    const all = flipped === undefined ? found : [...found, flipped];
    return {
      ok: all.length === 0,
      ...{ seed: options.seed, kills, faults, seconds },
      acknowledged: acknowledged.length,
      unknown: sent.length - acknowledged.length,
      ...{ events: checked.reading.events.length, epoch: checked.epoch, digestsAgree: checked.digestsAgree },
      wrong: all.slice(0, MOST_LINES),
    };
  } finally {
    await onServer.stop();
  }
}

async function disturb(services: TorturedServices, load: Load, options: TortureOptions) {
  const chance: Chance = createChance(options.seed, 'torture');
  const faults: Partial<Record<FaultName, number>> = {};
  const endMs = performance.now() + options.minutes * 60_000;
  const wrong: string[] = [];
  let kills = 0;
  await untilMore(load);
  while (kills < options.kills && performance.now() < endMs && wrong.length === 0) {
    const name = chooseFault(chance);
    const startedMs = performance.now();
    try {
      kills += await FAULTS[name](services, chance);
      await untilMore(load);
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
    wrong.push(...(await services.endedByThemselves()));
    faults[name] = (faults[name] ?? 0) + 1;
    const tookMs = Math.round(performance.now() - startedMs);
    options.onFault(
      `${kills}/${options.kills} killed; ${name}: claims go on after ${tookMs} ms; ${load.answered} answered`,
    );
  }
  return { kills, faults, wrong };
}

async function untilMore(load: Load): Promise<void> {
  const count = load.answered + ANSWERS_BETWEEN_FAULTS;
  await until('claims that go on', () => (load.answered >= count ? true : undefined), PROGRESS_MS);
}

/** Everybody's view of the same end of the log. */
async function check(services: TorturedServices) {
  const { onServer, cell } = services;
  await services.whenAllReady();
  const { answer: writer } = await onServer.ask(cell, 'writer', {});
  const reading = await onServer.readLog(cell);
  const atLeast = `${writer.historyId}.${writer.number}`;
  const projected = new Set<string>();
  for (let asked = 0; asked < DIGEST_QUESTIONS; asked += 1) {
    projected.add((await onServer.ask(cell, 'digest', { atLeast })).answer.digest);
  }
  const digests = new Set([writer.digest, reading.replay, reading.reference, ...projected]);
  const digestsAgree = digests.size === 1;
  const wrong = [
    ...reading.violations,
    ...(digestsAgree ? [] : [`digests differ: ${[...digests].join(', ')}`]),
    ...[...reading.decisions].filter(([, count]) => count > 1).map(([id, count]) => `${id} is decided ${count} times`),
  ];
  return { reading, wrong, digestsAgree, epoch: writer.epoch };
}
