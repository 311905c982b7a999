import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueDecisions } from './decide/due.ts';
import type { Decision } from './decision.ts';
import type { LedgerEvent } from './event.ts';
import { INSTANCE_EVENT_TYPES } from './evolve/evolve-instance.ts';
import type { Ledger, Node } from './ledger.ts';
import { resultOf } from './result-of.ts';
import { isOpen } from './tables/move-table.ts';
import {
  checkAskedTwice,
  checkRecords,
  checkReplay,
  checkTakingBack,
  copyOf,
  historiesOf,
} from './testing/histories.ts';
import { checkCharges, checkGrowth, checkPlaces, inventoriesOf, stateOf } from './testing/invariants.ts';
import type { Step } from './testing/random-commands.ts';
import { anyMoveSteps, scarceCell } from './testing/random-moves.ts';
import { codeOf, type Scenario } from './testing/scenario.ts';

interface Taken {
  readonly decision: Decision;
  readonly before: ReturnType<typeof inventoriesOf>;
  readonly ledgerBefore: Ledger;
  readonly event: LedgerEvent | undefined;
}

const takeStep = (scenario: Scenario, step: Step): Taken => {
  const before = inventoriesOf(scenario.ledger);
  const ledgerBefore = copyOf(scenario.ledger);
  const [who, body] = step(scenario);
  const decision = scenario.ask(who, body);
  const event = decision.kind === 'accepted' ? scenario.events.at(-1) : undefined;
  return { decision, before, ledgerBefore, event };
};

const { eachStep, each } = historiesOf({ steps: anyMoveSteps, start: scarceCell, take: takeStep });

const STEPWISE_RUNS = 120;

const isOff = (node: Node | undefined): boolean =>
  node?.status.kind === 'retired' || (node?.status.kind === 'down' && node.status.fenced);

/** Whether an event may free charges of a node, said again in the words of the rule. */
const mayFree = (event: LedgerEvent, before: Ledger, after: Ledger, nodeId: string): boolean => {
  const { actor, command } = event;
  const node = before.nodes.get(nodeId);
  if (actor.role === 'agent' && node?.owner === actor.id) return true;
  if (isOff(node) || isOff(after.nodes.get(nodeId)) || command?.type === 'ForceDrop') return true;
  const named = command !== undefined && 'instance' in command ? before.instances.get(command.instance) : undefined;
  if (named?.status === 'held' && named.claim.status === 'unconfirmed') return true;
  const moveId =
    command !== undefined && 'moveId' in command
      ? command.moveId
      : named?.status === 'ended'
        ? undefined
        : named?.moveId;
  return moveId !== undefined && before.moves.get(moveId)?.state === 'claimed';
};

describe('any history of claims and moves', () => {
  it('keeps sums equal to the live charges, units with one owner and every instance in its place', () => {
    eachStep((scenario, take) => {
      take();
      checkCharges(scenario.ledger);
      checkPlaces(scenario.ledger);
    }, STEPWISE_RUNS);
  });

  it('raises no sum above capacity but by adopting what runs already', () => {
    eachStep((scenario, take) => {
      const { before, event } = take();
      if (event?.type !== 'InstanceAdopted') checkGrowth(before, inventoriesOf(scenario.ledger));
    }, STEPWISE_RUNS);
  });

  it('frees nothing without the word of the node’s agent, a fence, a force or a claim that was never confirmed', () => {
    eachStep((scenario, take) => {
      const { before, ledgerBefore, event } = take();
      if (event === undefined || event.type === 'AtomicBatchApplied') return;
      const after = inventoriesOf(scenario.ledger);
      for (const [key, inventory] of before) {
        if ((after.get(key)?.charged ?? 0) >= inventory.charged) continue;
        const nodeId = key.split(' ')[0] ?? '';
        expect(mayFree(event, ledgerBefore, scenario.ledger, nodeId), `${event.type} frees ${key}`).toBe(true);
      }
    }, STEPWISE_RUNS);
  });

  it('changes no sum when a move switches, and nothing by a refusal or an unchanged answer', () => {
    eachStep((scenario, take) => {
      const state = stateOf(scenario.ledger);
      const { before, decision, event } = take();
      if (decision.kind !== 'accepted') expect(stateOf(scenario.ledger)).toEqual(state);
      if (event?.type !== 'MoveAdvanced') return;
      for (const [key, inventory] of inventoriesOf(scenario.ledger)) {
        expect(inventory.charged, key).toBe(before.get(key)?.charged);
        expect(inventory.takenUnits, key).toEqual(before.get(key)?.takenUnits);
      }
    }, STEPWISE_RUNS);
  });

  it('leaves ended instances and closed moves that hold nothing as they are', () => {
    eachStep((scenario, take) => {
      const ended = [...scenario.ledger.instances.values()].filter((instance) => instance.status === 'ended');
      const closed = [...scenario.ledger.moves.values()].filter((move) => !isOpen(move) && move.other === undefined);
      take();
      for (const instance of ended) expect(scenario.ledger.instances.get(instance.id)).toEqual(instance);
      for (const move of closed) expect(scenario.ledger.moves.get(move.id)).toBe(move);
    }, STEPWISE_RUNS);
  });

  it('is decided the same way again: the command asked twice changes nothing the second time', () => {
    eachStep((scenario, _, step) => {
      // Details may name what a batch would have made, by the ids of the batch.
      checkAskedTwice(scenario, step, (first, second) => expect(codeOf(second)).toBe(codeOf(first)));
    }, 100);
  });

  it('answers every accepted command from its event', () => {
    eachStep((_, take) => {
      const { event } = take();
      if (event !== undefined) expect(resultOf([event]).type).toBe(event.command?.type);
    }, 60);
  });

  it('lets claims expire and moves confirm by themselves, also after an election', () => {
    fc.assert(
      fc.property(anyMoveSteps, fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1 }), (steps, waits) => {
        const scenario = scarceCell();
        const { ledger } = scenario;
        if (ledger.cell !== undefined) {
          const policies = { ...ledger.cell.policies, autoConfirmAfterMs: 20_000 };
          ledger.cell = { ...ledger.cell, policies };
        }
        steps.forEach((step, index) => {
          takeStep(scenario, step);
          scenario.pass(waits[index % waits.length] ?? 1);
          for (const event of dueDecisions(ledger, scenario.now(), 0)) scenario.record([event]);
          expect(dueDecisions(ledger, scenario.now(), 0)).toEqual([]);
          checkCharges(ledger);
          checkPlaces(ledger);
        });
      }),
      { numRuns: 60 },
    );
  });
});

it('random histories come by every event of instances and moves', () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(anyMoveSteps, (steps) => {
      const scenario = scarceCell();
      for (const step of steps) {
        const type = takeStep(scenario, step).event?.type;
        if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
      }
    }),
    { numRuns: 300, seed: 4 },
  );
  // The timers' two are in the histories above.
  const decided = INSTANCE_EVENT_TYPES.filter((type) => !type.includes('Expired') && !type.includes('Auto'));
  expect(decided.filter((type) => !counts.has(type))).toEqual([]);
});

describe('the fold of moves', () => {
  it('of all events again is the live state, and so is prefix and rest', () => {
    each(checkReplay, 60);
  });

  it('can be taken back step by step', () => {
    each(checkTakingBack, 40);
  });

  it('changes the records by exactly the differences of its changes', () => {
    each(checkRecords, 40);
  });
});
