import type { Part } from './options.ts';

/** What each part takes where nothing is in its way, seconds: set-up and three runs of each of its loads. */
const USUAL_SECONDS: Readonly<Record<Part, number>> = {
  ...{ moves: 20, claims: 120, fold: 40, candidates: 40, verbs: 20, snapshots: 35, history: 35 },
  ...{ start: 40, failover: 30, replay: 40, fleets: 70 },
  ...{ eventstoredb: 60, echo: 30, soak: 600 },
};

/**
 * By when the first of these parts is to be through, of performance's clock: it has its share of the time that is left
 * until `endsAtMs`, and so has each of the others when its turn comes, however long those before it took.
 */
export function endOfFirst(parts: readonly Part[], nowMs: number, endsAtMs: number): number {
  const [first = 0, ...others] = parts.map((part) => USUAL_SECONDS[part]);
  const share = first / others.reduce((sum, seconds) => sum + seconds, first);
  return nowMs + Math.max(0, endsAtMs - nowMs) * share;
}
