import fc from 'fast-check';
import { expect } from 'vitest';
import { canonicalRecords, recordDifference, recordsOf } from '../canonical.ts';
import type { Decision } from '../decision.ts';
import { apply, evolve } from '../evolve/evolve.ts';
import { install, revert } from '../evolve/install.ts';
import { type Change, emptyLedger, type Ledger } from '../ledger.ts';
import { changesTo, stateOf } from './invariants.ts';
import type { Step } from './random-commands.ts';
import type { Scenario } from './scenario.ts';

/** Where random histories come from, and what one step of them tells. */
export interface HistorySource<Taken> {
  readonly steps: fc.Arbitrary<readonly Step[]>;
  readonly start: () => Scenario;
  readonly take: (scenario: Scenario, step: Step) => Taken;
}

/** Properties along random histories, and of whole ones. */
export const historiesOf = <Taken>({ steps: anySteps, start, take }: HistorySource<Taken>) => ({
  /** The check takes the step itself, so that it can look at what was before. */
  eachStep(check: (scenario: Scenario, takeStep: () => Taken, step: Step) => void, numRuns: number): void {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const scenario = start();
        for (const step of steps) check(scenario, () => take(scenario, step), step);
      }),
      { numRuns },
    );
  },
  /** `place` is a random one among the scenario's events. */
  each(check: (scenario: Scenario, place: number) => void, numRuns: number): void {
    fc.assert(
      fc.property(anySteps, fc.nat(), (steps, place) => {
        const scenario = start();
        for (const step of steps) take(scenario, step);
        check(scenario, place % scenario.events.length);
      }),
      { numRuns },
    );
  },
});

export const copyOf = (ledger: Ledger): Ledger => {
  const copy = emptyLedger();
  copy.cell = ledger.cell;
  install(copy, changesTo(ledger));
  return copy;
};

/** A command asked twice changes nothing the second time, nor is it accepted again. */
export const checkAskedTwice = (
  scenario: Scenario,
  step: Step,
  checkRefused: (first: Decision, second: Decision) => void,
): void => {
  const [who, body] = step(scenario);
  const first = scenario.ask(who, body);
  const before = stateOf(scenario.ledger);
  const second = scenario.ask(who, body);
  expect(stateOf(scenario.ledger), JSON.stringify(body)).toEqual(before);
  if (first.kind === 'accepted') expect(second.kind).not.toBe('accepted');
  else checkRefused(first, second);
};

/** All events folded again give the live state, and so do those from a place on, on a copy of the state there. */
export const checkReplay = (scenario: Scenario, place: number): void => {
  const replayed = emptyLedger();
  const events = structuredClone(scenario.events);
  for (const event of events.slice(0, place)) apply(replayed, event);
  const restored = copyOf(replayed);
  for (const event of events.slice(place)) {
    apply(replayed, event);
    apply(restored, event);
  }
  expect(stateOf(replayed)).toEqual(stateOf(scenario.ledger));
  expect(stateOf(restored)).toEqual(stateOf(scenario.ledger));
};

/** Evolving alone changes nothing, and installed changes can be taken back one event after the other. */
export const checkTakingBack = ({ events }: Scenario): void => {
  const ledger = emptyLedger();
  const past: { readonly state: ReturnType<typeof stateOf>; readonly changes: readonly Change[] }[] = [];
  for (const event of events) {
    const state = stateOf(ledger);
    const changes = evolve(ledger, event);
    expect(stateOf(ledger)).toEqual(state);
    install(ledger, changes);
    past.push({ state, changes });
  }
  for (const { state, changes } of past.reverse()) {
    revert(ledger, changes);
    expect(stateOf(ledger)).toEqual(state);
  }
};

/** The canonical records change by exactly what the changes say, by their difference and by both their sides. */
export const checkRecords = ({ events }: Scenario): void => {
  const ledger = emptyLedger();
  const byDifference = new Bag();
  const bySides = new Bag();
  for (const event of events) {
    for (const change of apply(ledger, event)) {
      const { removed, added } = recordDifference(change);
      byDifference.change(removed, added);
      bySides.change(recordsOf(change, 'before'), recordsOf(change, 'after'));
    }
    const records = [...canonicalRecords(ledger)].sort();
    expect(byDifference.texts()).toEqual(records);
    expect(bySides.texts()).toEqual(records);
  }
};

/** A multiset of texts, as the digest's sum is one. */
class Bag {
  readonly #counts = new Map<string, number>();

  change(removed: readonly string[], added: readonly string[]): void {
    for (const text of removed) this.#counts.set(text, (this.#counts.get(text) ?? 0) - 1);
    for (const text of added) this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  texts(): string[] {
    return [...this.#counts].flatMap(([text, count]) => Array.from({ length: count }, () => text)).sort();
  }
}
