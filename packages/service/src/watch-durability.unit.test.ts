import type { FleetbookError } from '@fleetbook/contracts';
import type { Durability } from '@fleetbook/event-log';
import { JetStreamSetupError } from '@fleetbook/event-log/jetstream';
import { expect, it } from 'vitest';
import { watchDurability } from './watch-durability.ts';

/** A log whose server tells nothing when it is asked, and then what comes last. */
function logOf(last: () => Durability) {
  let asked = 0;
  let durability: Durability = 'unverified';
  return {
    get asked() {
      return asked;
    },
    get durability() {
      return durability;
    },
    async verifyDurability() {
      asked += 1;
      durability = asked < 3 ? 'unverified' : last();
      return durability;
    },
  };
}

function testScope() {
  const failures: FleetbookError[] = [];
  return {
    failures,
    stopping: new AbortController().signal,
    fail: (error: FleetbookError) => void failures.push(error),
  };
}

it('asks until it is told, and no more', async () => {
  const [log, scope] = [logOf(() => 'verified'), testScope()];
  await watchDurability(log, scope, 1);
  expect([log.asked, log.durability, scope.failures]).toEqual([3, 'verified', []]);
});

it('ends the service of a server that turns out to acknowledge too soon', async () => {
  const weak = () => {
    throw new JetStreamSetupError('set it to sync', 'WEAK_DURABILITY');
  };
  const [log, scope] = [logOf(weak), testScope()];
  await watchDurability(log, scope, 1);
  expect(scope.failures).toMatchObject([{ code: 'WEAK_DURABILITY' }]);
});

it('asks nobody where there is nobody to ask', async () => {
  const scope = testScope();
  await watchDurability({ durability: 'unverified' }, scope, 1);
  expect(scope.failures).toEqual([]);
});
