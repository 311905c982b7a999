import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';
import { addNodes, GPUS_PER_NODE, mustBeAccepted, ONE_GPU } from '../support/fleet.ts';

const NODES = ['host-1', 'host-2'];
const FREE_ON_EACH = 4;
const SCHEDULERS = 64;
const MOST_ROUNDS = 3;
/** What a refusal names at most. */
const HOLDERS_NAMED = 5;

let cell: CellUnderTest;

beforeAll(async () => {
  cell = await startCellUnderTest();
});

afterAll(() => cell?.stop());

interface Racer {
  readonly rounds: number;
  readonly replies: readonly CommandReply[];
}

type Refusal = Extract<CommandReply, { readonly outcome: 'refused' }>;

const isRefusal = (reply: CommandReply): reply is Refusal => reply.outcome === 'refused';

/** Claims on a candidate; refused, asks again for what is left as of the refusal, and stops when that is nothing. */
async function race(scheduler: FleetbookClient, instance: string, start: string): Promise<Racer> {
  const replies: CommandReply[] = [];
  for (let round = 1; ; round += 1) {
    const refused = replies.findLast(isRefusal);
    const atLeast = refused === undefined ? start : refused.token;
    const reply = await scheduler.ask('candidates', { request: ONE_GPU, limit: 1, atLeast });
    if (reply.outcome !== 'answer') {
      throw new Error(JSON.stringify(reply));
    }
    const [best] = reply.answer.candidates;
    if (best === undefined) {
      return { rounds: round, replies };
    }
    const claimed = await scheduler.send('ClaimInstance', { node: best.node, instance, request: ONE_GPU });
    replies.push(claimed);
    if (!isRefusal(claimed)) {
      return { rounds: round, replies };
    }
  }
}

async function fillUpTo(free: number, node: string): Promise<void> {
  const filler = cell.fleetbook.as('scheduler', 'filler');
  for (let taken = 0; taken < GPUS_PER_NODE - free; taken += 1) {
    mustBeAccepted(await filler.send('ClaimInstance', { node, instance: `${node}-${taken}`, request: ONE_GPU }));
  }
}

describe('a race', () => {
  it('gives the last 8 GPUs to 8 of 64 schedulers, and the rest end within 3 rounds', async () => {
    await addNodes(cell.fleetbook, NODES);
    await Promise.all(NODES.map((node) => fillUpTo(FREE_ON_EACH, node)));
    const start = await cell.now();
    const racers = await Promise.all(
      Array.from({ length: SCHEDULERS }, (_, index) => {
        const name = `racer-${index}`;
        return race(cell.fleetbook.as('scheduler', name), name, start);
      }),
    );
    const replies = racers.flatMap((racer) => racer.replies);
    expect(replies.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(NODES.length * FREE_ON_EACH);
    expect(racers.filter(({ rounds }) => rounds > MOST_ROUNDS)).toEqual([]);

    const { events, decisions, violations, replay, reference } = await cell.readLog();
    const claims = events.flatMap(({ type, command, commandId }) =>
      type === 'InstanceClaimed' && command?.type === 'ClaimInstance'
        ? [{ node: command.node, instance: command.instance, claimId: commandId }]
        : [],
    );
    const refusals = replies.filter((reply) => reply.outcome !== 'accepted');
    expect(refusals.length).toBeGreaterThanOrEqual(SCHEDULERS - NODES.length * FREE_ON_EACH);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ outcome: 'refused', error: { code: 'NO_CAPACITY' } });
      const { node, holders } = isRefusal(refusal) ? refusal.error.details : {};
      const ofNode = claims
        .filter((claim) => claim.node === node)
        .map(({ instance, claimId }) => ({ instance, claimId }));
      expect(holders).toHaveLength(HOLDERS_NAMED);
      expect(ofNode).toEqual(expect.arrayContaining([...(Array.isArray(holders) ? holders : [])]));
    }
    expect(claims).toHaveLength(NODES.length * GPUS_PER_NODE);
    expect(replies.filter(({ commandId = '' }) => decisions.get(commandId) !== 1)).toEqual([]);
    expect(violations).toEqual([]);
    expect(reference).toBe(replay);
  });
});
