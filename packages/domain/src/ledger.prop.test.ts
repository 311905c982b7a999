import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRecords, recordDifference, recordsOf } from './canonical.ts';
import { apply, evolve } from './evolve/evolve.ts';
import { install, revert } from './evolve/install.ts';
import { type Change, emptyLedger } from './ledger.ts';
import { changesTo, checkCharges, checkGrowth, inventoriesOf, stateOf } from './testing/invariants.ts';
import { anySteps, take } from './testing/random-commands.ts';
import { AGENT, report, type Scenario, startScenario, TREE } from './testing/scenario.ts';

/** Two nodes ready for claims, so that random histories get somewhere. */
const startedCell = (): Scenario => {
  const scenario = startScenario();
  for (const node of ['node-1', 'node-2']) {
    scenario.given(AGENT, { type: 'RegisterNode', node, bootId: 'boot-1' });
    const providers = TREE.map(({ id, parent, ...rest }) => ({
      id: parent === undefined ? node : `${node}-${id.replace('gpu-0', 'gpu-2')}`,
      ...(parent === undefined ? {} : { parent: node }),
      ...rest,
    }));
    scenario.given(AGENT, report(providers, 1, 1, node));
  }
  return scenario;
};

const eachStep = (check: (scenario: Scenario, decide: () => ReturnType<typeof take>) => void): void => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const scenario = startedCell();
      for (const step of steps) check(scenario, () => take(scenario, step));
    }),
    { numRuns: 150 },
  );
};

describe('any history of commands', () => {
  it('keeps charged equal to the sum of live charges and units with one owner', () => {
    eachStep((scenario, decide) => {
      decide();
      checkCharges(scenario.ledger);
    });
  });

  it('never raises a sum above capacity', () => {
    eachStep((scenario, decide) => {
      const before = inventoriesOf(scenario.ledger);
      decide();
      checkGrowth(before, inventoriesOf(scenario.ledger));
    });
  });

  it('changes nothing by a refusal or an unchanged answer, nor by any command for an ended instance', () => {
    eachStep((scenario, decide) => {
      const before = stateOf(scenario.ledger);
      const ended = [...scenario.ledger.instances.values()].filter((instance) => instance.status === 'ended');
      if (decide().kind !== 'accepted') expect(stateOf(scenario.ledger)).toEqual(before);
      for (const instance of ended) expect(scenario.ledger.instances.get(instance.id)).toBe(instance);
    });
  });

  it('releases exactly what the claim holds', () => {
    eachStep((scenario, decide) => {
      const held = new Map(scenario.ledger.instances);
      const before = inventoriesOf(scenario.ledger);
      const decision = decide();
      const event = scenario.events.at(-1);
      if (decision.kind !== 'accepted' || (event?.type !== 'ClaimAborted' && event?.type !== 'InstanceDropped')) return;
      const command = event.command?.type === 'RegisterNode' ? undefined : event.command;
      const instance = held.get(command !== undefined && 'instance' in command ? command.instance : '');
      if (instance?.status !== 'held') throw new Error('released what was not held');
      const after = inventoriesOf(scenario.ledger);
      const released = new Map(
        instance.claim.charge.map((line) => [`${instance.claim.node} ${line.provider} ${line.class}`, line.amount]),
      );
      for (const [key, inventory] of before) {
        expect(after.get(key)?.charged ?? 0, key).toBe(inventory.charged - (released.get(key) ?? 0));
      }
    });
  });

  it('is decided the same way again: the command asked twice changes nothing the second time', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const scenario = startedCell();
        for (const step of steps) {
          const [who, body] = step(scenario);
          const first = scenario.ask(who, body);
          const before = stateOf(scenario.ledger);
          const second = scenario.ask(who, body);
          expect(stateOf(scenario.ledger)).toEqual(before);
          if (first.kind !== 'accepted') expect(second).toEqual(first);
          else expect(second.kind).not.toBe('accepted');
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the fold', () => {
  it('of all events again is the live state, and so is prefix and rest', () => {
    fc.assert(
      fc.property(anySteps, fc.nat(), (steps, cut) => {
        const scenario = startedCell();
        for (const step of steps) take(scenario, step);
        const replayed = emptyLedger();
        const events = structuredClone(scenario.events);
        const end = cut % events.length;
        for (const event of events.slice(0, end)) apply(replayed, event);
        const restored = emptyLedger();
        restored.cell = replayed.cell;
        install(restored, changesTo(replayed));
        for (const event of events.slice(end)) {
          apply(replayed, event);
          apply(restored, event);
        }
        expect(stateOf(replayed)).toEqual(stateOf(scenario.ledger));
        expect(stateOf(restored)).toEqual(stateOf(scenario.ledger));
      }),
      { numRuns: 150 },
    );
  });

  it('goes back exactly, step by step, when its changes are reverted', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const scenario = startedCell();
        for (const step of steps) take(scenario, step);
        const ledger = emptyLedger();
        const past: { state: ReturnType<typeof stateOf>; changes: readonly Change[] }[] = [];
        for (const event of scenario.events) {
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
      }),
      { numRuns: 40 },
    );
  });

  it('goes back to the start at once, and forward again', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const scenario = startedCell();
        for (const step of steps) take(scenario, step);
        const ledger = emptyLedger();
        const changes = scenario.events.flatMap((event) => apply(ledger, event));
        revert(ledger, changes);
        expect(stateOf(ledger)).toEqual(stateOf(emptyLedger()));
        install(ledger, changes);
        expect(stateOf(ledger)).toEqual(stateOf(scenario.ledger));
      }),
      { numRuns: 100 },
    );
  });

  it('changes the canonical records by exactly the differences of its changes', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const scenario = startedCell();
        for (const step of steps) take(scenario, step);
        const ledger = emptyLedger();
        const byDifference = new Bag();
        const bySides = new Bag();
        for (const event of scenario.events) {
          for (const change of apply(ledger, event)) {
            const { removed, added } = recordDifference(change);
            byDifference.change(removed, added);
            bySides.change(recordsOf(change, 'before'), recordsOf(change, 'after'));
          }
          const records = [...canonicalRecords(ledger)].sort();
          expect(byDifference.texts()).toEqual(records);
          expect(bySides.texts()).toEqual(records);
        }
      }),
      { numRuns: 60 },
    );
  });
});

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
