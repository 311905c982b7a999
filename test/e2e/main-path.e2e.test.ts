import { randomUUID } from 'node:crypto';
import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import { startServerUnderTest } from '@fleetbook/event-log/eventstoredb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';
import { addNodes, agentOf, GPUS_PER_NODE, mustBeAccepted, ONE_GPU } from '../support/fleet.ts';

const NODES = ['host-1', 'host-2', 'host-3', 'host-4'];
const SCHEDULERS = 8;
const CLAIMS_PER_SCHEDULER = 5;

const eventStore = await startServerUnderTest();

afterAll(() => eventStore.stop());

const LOGS = [
  { log: 'JetStream', setting: 'jetstream', adapter: 'jetstream' },
  {
    log: eventStore.name,
    setting: `esdb://${eventStore.host}:${eventStore.port}?tls=false`,
    adapter: 'eventstoredb',
  },
];

describe.each(LOGS)('a cell whose log is in $log', ({ setting, adapter }) => {
  let cell: CellUnderTest;
  const placed: string[] = [];

  beforeAll(async () => {
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    cell = await startCellUnderTest({ name, environment: { FLEETBOOK_LOG: setting } });
  });

  afterAll(() => cell?.stop());

  it('takes nodes in and says what it runs on', async () => {
    await addNodes(cell.fleetbook, NODES);
    expect(await cell.writer()).toMatchObject({ log: adapter, status: 'green' });
    const reply = await agentOf(cell.fleetbook, 'host-1').ask('nodes', { atLeast: await cell.now() });
    expect(reply).toMatchObject({ answer: { nodes: NODES.map((node) => ({ node, status: { kind: 'enabled' } })) } });
  });

  it('is filled by schedulers while tracker and projector are killed', async () => {
    const schedulers = Array.from({ length: SCHEDULERS }, (_, index) => cell.fleetbook.as('scheduler', `s-${index}`));
    const replies: CommandReply[] = [];
    const note = (reply: CommandReply): void => {
      replies.push(reply);
      if (replies.length === 10) {
        cell.running.projector.kill('SIGKILL');
      }
      if (replies.length === 20) {
        cell.running.tracker.kill('SIGKILL');
      }
    };
    await Promise.all(schedulers.map((scheduler) => fill(scheduler, note)));
    const accepted = replies.filter(({ outcome }) => outcome === 'accepted');
    expect(replies).toHaveLength(SCHEDULERS * CLAIMS_PER_SCHEDULER);
    expect(accepted).toHaveLength(NODES.length * GPUS_PER_NODE);
    const refused = replies.filter(({ outcome }) => outcome !== 'accepted');
    expect(refused.map((reply) => 'error' in reply && reply.error.code)).toEqual(refused.map(() => 'NO_CAPACITY'));
    placed.push(...accepted.map(({ commandId }) => commandId ?? ''));
    await Promise.all([cell.running.tracker.whenReady(), cell.running.projector.whenReady()]);
  });

  it('confirms and drops, and gives back exactly what was held', async () => {
    const agent = agentOf(cell.fleetbook, 'host-1');
    const shown = await agent.ask('node', { node: 'host-1', atLeast: await cell.now() });
    const held = shown.outcome === 'answer' ? shown.answer.held : [];
    expect(held).toHaveLength(GPUS_PER_NODE);
    for (const [index, { instance, claimId }] of held.entries()) {
      mustBeAccepted(await agent.send('ConfirmClaim', { node: 'host-1', instance, claimId }));
      if (index % 2 === 0) {
        mustBeAccepted(await agent.send('DropInstance', { node: 'host-1', instance, claimId }));
      }
    }
    const usage = await agent.ask('usage', { node: 'host-1' });
    const charged = (GPUS_PER_NODE / 2) * ONE_GPU.resources.CUSTOM_GPU_MILLI;
    expect(usage).toMatchObject({
      answer: { claims: GPUS_PER_NODE / 2, classes: expect.arrayContaining([gpuFigures(charged)]) },
    });
  });

  it('has every acknowledged claim in its log, once', async () => {
    const { decisions, violations } = await cell.readLog();
    expect(placed.map((commandId) => decisions.get(commandId))).toEqual(placed.map(() => 1));
    expect(violations).toEqual([]);
  });

  it('proves its state by equal digests of tracker, projector, replay and the naive fold', async () => {
    const digests = await cell.digests();
    const { replay } = digests;
    expect(digests).toMatchObject({ projector: replay, tracker: replay, reference: replay });
  });

  it('starts again with all it had', async () => {
    const before = await cell.digests();
    const old = cell.running.projector.pid;
    cell.running.projector.kill('SIGTERM');
    expect(await cell.running.projector.whenReady()).not.toBe(old);
    expect((await cell.digests()).projector).toBe(before.replay);
  });
});

function gpuFigures(charged: number): object {
  return expect.objectContaining({ class: 'CUSTOM_GPU_MILLI', charged, capacity: GPUS_PER_NODE * 1_000 });
}

/** Claims one instance after the other on the best candidate; on any node where there is none, to be refused. */
async function fill(scheduler: FleetbookClient, note: (reply: CommandReply) => void): Promise<void> {
  for (let index = 0; index < CLAIMS_PER_SCHEDULER; index += 1) {
    note(await place(scheduler, `${scheduler.actor}-i${index}`));
  }
}

/** Between the answer and the claim another scheduler may take the place: then it is tried elsewhere. */
async function place(scheduler: FleetbookClient, instance: string): Promise<CommandReply> {
  for (;;) {
    const found = await scheduler.ask('candidates', { request: ONE_GPU }, { timeoutMs: 30_000 });
    if (found.outcome !== 'answer') {
      throw new Error(JSON.stringify(found));
    }
    const [best] = found.answer.candidates;
    const reply = await scheduler.send(
      'ClaimInstance',
      { node: best?.node ?? 'host-1', instance, request: ONE_GPU },
      { timeoutMs: 30_000 },
    );
    if (reply.outcome === 'accepted' || best === undefined) {
      return reply;
    }
  }
}
