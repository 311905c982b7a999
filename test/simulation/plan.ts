import type { DriftPolicy } from '@fleetbook/domain';
import fc from 'fast-check';
import { randomHistory, type Step } from '../model/random-steps.ts';
import { type Fault, planFaults } from './workload/fault-plan.ts';
import { type Chance, createChance } from './world/random.ts';
import { CLIENTS, PROJECTORS, TRACKERS } from './world/world.ts';

/** What a run is made of. All of it follows from the seed; a run that was shrunk leaves some of it out. */
export interface Plan {
  readonly seed: number;
  readonly driftPolicy: DriftPolicy;
  readonly steps: readonly PlannedStep[];
  readonly faults: readonly Fault[];
}

export interface PlannedStep {
  readonly atMs: number;
  readonly step: Step;
  /** Questions that are asked beside it. */
  readonly questions: number;
}

const MOST_STEPS = 150;
const RUN_MS = 16_000;
/** Nodes register and report before faults begin to matter. */
const OPENING_STEPS = 8;
const OPENING_MS = 2_500;
const BURST_MS = 400;

export function planOf(seed: number): Plan {
  const chance = createChance(seed, 'plan');
  const [history] = fc.sample(randomHistory(MOST_STEPS), { seed, numRuns: 1 });
  if (history === undefined) {
    throw new Error('no history was made');
  }
  const faults = planFaults(
    chance.fork('faults'),
    { trackers: TRACKERS, projectors: PROJECTORS, clients: CLIENTS },
    RUN_MS,
  );
  const times = chance.fork('times');
  const whenAfterOpening = timesOf(times);
  const steps = history.steps.map((step, place): PlannedStep => {
    const isOpening = place < OPENING_STEPS;
    const atMs = isOpening ? place * 250 : whenAfterOpening();
    return { atMs, step, questions: isOpening ? 0 : times.integer(0, 1) };
  });
  return {
    seed,
    driftPolicy: history.driftPolicy,
    steps: steps.sort((one, other) => one.atMs - other.atMs),
    faults,
  };
}

/** Evenly over the time, or in bursts, with silence between them in which another tracker may take office. */
function timesOf(chance: Chance): () => number {
  const anyTime = (): number => OPENING_MS + Math.floor(chance.next() * (RUN_MS - OPENING_MS));
  if (chance.happens(0.5)) {
    return anyTime;
  }
  const bursts = Array.from({ length: chance.integer(3, 7) }, anyTime);
  return () => chance.pick(bursts) + chance.integer(0, BURST_MS);
}
