import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { sourceEnvironment } from '@fleetbook/cli/testing';
import type { FleetbookClient } from '@fleetbook/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';
import { addNodes, agentOf, mustBeAccepted } from '../support/fleet.ts';
import type { FloodPlan, FloodTally } from '../support/flooder.ts';

const NODES = ['host-1', 'host-2', 'host-3', 'host-4'];
const FLOODED = 'host-of-flooder';
const FLOODER = 'flooder';
const ROUNDS = 30;
/** More than the half of the tracker's queue that one actor may have. */
const IN_FLIGHT = 6_000;

let cell: CellUnderTest;

beforeAll(async () => {
  cell = await startCellUnderTest();
  await addNodes(cell.fleetbook, [...NODES, FLOODED]);
});

afterAll(() => cell?.stop());

function startFlooder() {
  const { natsUrl: url, user = '', password = '' } = cell.running.endpoint;
  const plan: FloodPlan = {
    url,
    user,
    password,
    cell: cell.name,
    operator: FLOODER,
    node: FLOODED,
    inFlight: IN_FLIGHT,
  };
  const child = spawn(process.execPath, ['test/support/flooder.ts', JSON.stringify(plan)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: sourceEnvironment(),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<FloodTally> => JSON.parse((await lines.next()).value ?? '{}');
  return {
    /** Resolves when it has been refused for the first time: from then on the queue is as full as it gets. */
    whenRefused: next,
    async finish(): Promise<FloodTally> {
      child.stdin.end();
      return next();
    },
  };
}

/** One command after the other, each sent when the one before is answered. */
async function sendInTurn(agent: FleetbookClient, node: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    mustBeAccepted(await agent.send('RegisterNode', { node, bootId: `${node}:flood-${round}` }));
  }
}

/** Of numbers, the one in the middle. */
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

describe('one client that floods the cell', () => {
  it('holds the commands of four others up behind few of its own, and all get their outcome', async () => {
    const flooder = startFlooder();
    expect(await flooder.whenRefused()).toHaveProperty('OVERLOADED');
    await Promise.all(NODES.map((node) => sendInTurn(agentOf(cell.fleetbook, node), node)));
    const tally = await flooder.finish();
    expect(Object.keys(tally).sort()).toEqual(['OVERLOADED', 'accepted']);

    const { events } = await cell.readLog();
    for (const node of NODES) {
      const own = events.flatMap(({ actor, command }, place) =>
        actor.id === `agent-of-${node}` && command?.type === 'RegisterNode' ? [place] : [],
      );
      const inTurn = own.slice(1);
      expect(inTurn).toHaveLength(ROUNDS);
      const between = inTurn.slice(1).map((place, index) => {
        const before = events.slice((inTurn[index] ?? 0) + 1, place);
        return before.filter(({ actor }) => actor.id === FLOODER).length;
      });
      // Behind all that the flooder may have waiting, it would be at least 3,584 each time.
      expect(median(between)).toBeLessThan(1_500);
    }
  });
});
