import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRecords, recordDifference } from './canonical.ts';
import type { CommandType, Guest } from './command.ts';
import { isSameDrift } from './drift.ts';
import type { LedgerEvent } from './event.ts';
import { apply } from './evolve/evolve.ts';
import { revert } from './evolve/install.ts';
import { type Change, emptyLedger, type Ledger, type Node } from './ledger.ts';
import { overlayState } from './overlay-state.ts';
import type { ChargeLine } from './request.ts';
import type { Step } from './testing/random-commands.ts';
import { anyNodeSteps, startedFleet } from './testing/random-node-commands.ts';
import { type Ask, chargedOn, type Scenario } from './testing/scenario.ts';

const sorted = (index: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...index].map(([key, values]) => [key, [...values].sort()]).sort();

const stateOf = (ledger: Ledger) => ({
  records: [...canonicalRecords(ledger)].sort(),
  nodes: [...ledger.nodes].sort(),
  instances: [...ledger.instances].sort(),
  providerNode: [...ledger.providerNode].sort(),
  heldBy: sorted(new Map([...ledger.nodes.keys()].map((node) => [node, ledger.heldBy.get(node)]))),
  driftsOf: sorted(ledger.driftsOf),
});

const sumsOf = (charge: readonly ChargeLine[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const line of charge) sums[line.class] = (sums[line.class] ?? 0) + line.amount;
  return sums;
};

const heldSums = (ledger: Ledger) =>
  [...ledger.instances.values()]
    .flatMap((instance) => (instance.status === 'held' ? [[instance.id, sumsOf(instance.claim.charge)]] : []))
    .sort();

const heldCharges = (ledger: Ledger): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const instance of ledger.instances.values()) {
    if (instance.status !== 'held') continue;
    for (const line of instance.claim.charge) {
      const key = `${instance.claim.node} ${line.provider} ${line.class}`;
      sums[key] = (sums[key] ?? 0) + line.amount;
    }
  }
  return sums;
};

interface Taken {
  readonly ask: Ask;
  readonly outcome: string;
  readonly events: readonly LedgerEvent[];
  readonly before: { readonly ledger: ReturnType<typeof snapshot> };
}

const snapshot = (ledger: Ledger) => ({
  charged: chargedOn(ledger),
  sums: heldSums(ledger),
  nodes: new Map(ledger.nodes),
});

const takeStep = (scenario: Scenario, step: Step): Taken => {
  const [actor, ask] = step(scenario);
  const before = { ledger: snapshot(scenario.ledger) };
  const first = scenario.events.length;
  const { kind } = scenario.ask(actor, ask);
  return { ask, outcome: kind, events: scenario.events.slice(first), before };
};

const eachStep = (check: (scenario: Scenario, taken: Taken) => void, numRuns = 150): void => {
  fc.assert(
    fc.property(anyNodeSteps, (steps) => {
      const scenario = startedFleet();
      for (const step of steps) check(scenario, takeStep(scenario, step));
    }),
    { numRuns },
  );
};

/** What reports and operators say about a node is a fact; only these of them may change what is charged. */
const MAY_CHARGE: readonly CommandType[] = [
  'ClaimInstance',
  'AbortClaim',
  'DropInstance',
  'MarkNodeDown',
  'Reshape',
  'ReportGuests',
];

describe('any history of reports, settings and audits', () => {
  it('keeps charged equal to the sum of what is held, and no unit with two owners', () => {
    eachStep(({ ledger }) => {
      expect(chargedOn(ledger)).toEqual(heldCharges(ledger));
      for (const node of ledger.nodes.values()) {
        expect(ledger.heldBy.get(node.id).size).toBe(node.claimCount);
        for (const inventory of node.tree.providers.flatMap((provider) => provider.inventories)) {
          expect(new Set(inventory.takenUnits).size).toBe(inventory.takenUnits.length);
        }
      }
    });
  });

  it('changes no charge by a report or a setting, however small it makes the node', () => {
    eachStep(({ ledger }, { ask, before }) => {
      if (MAY_CHARGE.includes(ask.type)) return;
      expect(chargedOn(ledger)).toEqual(before.ledger.charged);
      expect(heldSums(ledger)).toEqual(before.ledger.sums);
    });
  });

  it('keeps the inventory of a node whose driver cannot say', () => {
    eachStep(({ ledger }, { events, before }) => {
      for (const event of events) {
        if (event.type !== 'InventoryStale') continue;
        const { node } = event.data;
        expect(ledger.nodes.get(node)?.tree.providers).toBe(before.ledger.nodes.get(node)?.tree.providers);
      }
    });
  });

  it('flags what shrank or vanished under its charges: capacity is what was said, and vanished offers nothing', () => {
    eachStep(({ ledger }) => {
      for (const node of ledger.nodes.values()) {
        for (const inventory of node.tree.providers.flatMap((provider) => provider.inventories)) {
          if (inventory.isVanished) expect([inventory.capacity, inventory.charged > 0]).toEqual([0, true]);
        }
        expect(() => overlayState(node)).not.toThrow();
      }
    });
  });

  it('keeps what every owner holds of a class through a reshape, and raises nothing above capacity', () => {
    eachStep(({ ledger }, { ask, outcome, before }) => {
      if (ask.type !== 'Reshape' || outcome !== 'accepted') return;
      expect(heldSums(ledger)).toEqual(before.ledger.sums);
      for (const provider of ledger.nodes.get(ask.node)?.tree.providers ?? []) {
        for (const inventory of provider.inventories) {
          const key = `${ask.node} ${provider.id} ${inventory.class}`;
          if (inventory.charged > (before.ledger.charged[key] ?? 0)) {
            expect(inventory.charged).toBeLessThanOrEqual(inventory.capacity);
          }
        }
      }
    }, 300);
  });
});

const openBefore = (before: ReadonlyMap<string, Node>, node: string) => before.get(node)?.drifts ?? [];

describe('any audit', () => {
  it('without drift appends nothing', () => {
    fc.assert(
      fc.property(anyNodeSteps, (steps) => {
        const scenario = startedFleet();
        for (const step of steps) takeStep(scenario, step);
        for (const node of scenario.ledger.nodes.values()) {
          const guests = [...scenario.ledger.heldBy.get(node.id)].map((id): Guest => {
            const instance = scenario.ledger.instances.get(id);
            return { instance: id, charge: instance?.status === 'held' ? instance.claim.charge : [] };
          });
          const said: Ask = {
            type: 'ReportGuests',
            node: node.id,
            incarnation: node.incarnation,
            complete: true,
            takenAt: scenario.events.length,
            guests,
          };
          const owner = { role: 'agent', id: node.owner } as const;
          // The first one may still see that drifts of before are gone.
          scenario.ask(owner, said);
          const last = scenario.events.length;
          expect(scenario.ask(owner, { ...said, takenAt: last }).kind).not.toBe('accepted');
          expect(scenario.events.length).toBe(last);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('heals only drift that is on record, under the policy in force, and names both', () => {
    let heals = 0;
    eachStep((_, { events, before }) => {
      for (const event of events) {
        if (event.type !== 'DriftHealed') continue;
        const { node, policy, healed } = event.data;
        const found = events.flatMap((each) => (each.type === 'DriftFound' ? each.data.found : []));
        const known = [...openBefore(before.ledger.nodes, node), ...found];
        expect(before.ledger.nodes.get(node)?.driftPolicy?.policy).toBe(policy);
        for (const heal of healed) {
          heals += 1;
          expect(known.some((drift) => isSameDrift(drift, heal))).toBe(true);
          if (policy === 'heal-safe') expect(heal.kind).toBe('release-done');
          expect(['release-done', 'guest-missing', 'guest-unknown']).toContain(heal.kind);
        }
      }
    }, 300);
    expect(heals).toBeGreaterThan(0);
  });

  it('is idempotent: the same report again heals nothing more', () => {
    fc.assert(
      fc.property(anyNodeSteps, (steps) => {
        const scenario = startedFleet();
        for (const step of steps) {
          const [actor, ask] = step(scenario);
          scenario.ask(actor, ask);
          if (ask.type !== 'ReportGuests') continue;
          const before = stateOf(scenario.ledger);
          expect(scenario.ask(actor, ask).kind).not.toBe('accepted');
          expect(stateOf(scenario.ledger)).toEqual(before);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the fold of such a history', () => {
  it('is the live state again, goes back exactly, and changes the digest by its differences', () => {
    fc.assert(
      fc.property(anyNodeSteps, (steps) => {
        const scenario = startedFleet();
        for (const step of steps) takeStep(scenario, step);
        const ledger = emptyLedger();
        const counts = new Map<string, number>();
        const past: { readonly state: ReturnType<typeof stateOf>; readonly changes: readonly Change[] }[] = [];
        for (const event of structuredClone(scenario.events)) {
          const state = stateOf(ledger);
          const changes = apply(ledger, event);
          past.push({ state, changes });
          for (const { removed, added } of changes.map(recordDifference)) {
            for (const text of removed) counts.set(text, (counts.get(text) ?? 0) - 1);
            for (const text of added) counts.set(text, (counts.get(text) ?? 0) + 1);
          }
        }
        expect(stateOf(ledger)).toEqual(stateOf(scenario.ledger));
        const kept = [...counts].flatMap(([text, count]) => Array.from({ length: count }, () => text));
        expect(kept.sort()).toEqual([...canonicalRecords(ledger)].sort());
        for (const { state, changes } of past.reverse()) {
          revert(ledger, changes);
          expect(stateOf(ledger)).toEqual(state);
        }
      }),
      { numRuns: 60 },
    );
  });
});
