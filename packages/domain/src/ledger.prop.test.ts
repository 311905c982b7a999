import { describe, expect, it } from 'vitest';
import { apply } from './evolve/evolve.ts';
import { install, revert } from './evolve/install.ts';
import { emptyLedger } from './ledger.ts';
import { checkAskedTwice, checkRecords, checkReplay, checkTakingBack, historiesOf } from './testing/histories.ts';
import { checkCharges, checkGrowth, inventoriesOf, stateOf } from './testing/invariants.ts';
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

const { eachStep, each } = historiesOf({ steps: anySteps, start: startedCell, take });

const STEPWISE_RUNS = 150;

describe('any history of commands', () => {
  it('keeps charged equal to the sum of live charges and units with one owner', () => {
    eachStep((scenario, decide) => {
      decide();
      checkCharges(scenario.ledger);
    }, STEPWISE_RUNS);
  });

  it('never raises a sum above capacity', () => {
    eachStep((scenario, decide) => {
      const before = inventoriesOf(scenario.ledger);
      decide();
      checkGrowth(before, inventoriesOf(scenario.ledger));
    }, STEPWISE_RUNS);
  });

  it('changes nothing by a refusal or an unchanged answer, nor by any command for an ended instance', () => {
    eachStep((scenario, decide) => {
      const before = stateOf(scenario.ledger);
      const ended = [...scenario.ledger.instances.values()].filter((instance) => instance.status === 'ended');
      if (decide().kind !== 'accepted') expect(stateOf(scenario.ledger)).toEqual(before);
      for (const instance of ended) expect(scenario.ledger.instances.get(instance.id)).toEqual(instance);
    }, STEPWISE_RUNS);
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
    }, STEPWISE_RUNS);
  });

  it('is decided the same way again: the command asked twice changes nothing the second time', () => {
    eachStep((scenario, _, step) => {
      checkAskedTwice(scenario, step, (first, second) => expect(second).toEqual(first));
    }, STEPWISE_RUNS);
  });
});

describe('the fold', () => {
  it('of all events again is the live state, and so is prefix and rest', () => {
    each(checkReplay, 150);
  });

  it('goes back exactly, step by step, when its changes are reverted', () => {
    each(checkTakingBack, 40);
  });

  it('goes back to the start at once, and forward again', () => {
    each((scenario) => {
      const ledger = emptyLedger();
      const changes = scenario.events.flatMap((event) => apply(ledger, event));
      revert(ledger, changes);
      expect(stateOf(ledger)).toEqual(stateOf(emptyLedger()));
      install(ledger, changes);
      expect(stateOf(ledger)).toEqual(stateOf(scenario.ledger));
    }, 100);
  });

  it('changes the canonical records by exactly the differences of its changes', () => {
    each(checkRecords, 60);
  });
});
