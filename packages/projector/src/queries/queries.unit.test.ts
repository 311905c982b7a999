import { createMemoryLog } from '@fleetbook/event-log/memory';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import {
  addNode,
  agentOf,
  claimOf,
  decideBatchThatExpires,
  dropOf,
  ONE_GPU,
  OPERATOR,
  ORIGIN_OF_TESTS,
  providersOf,
  SCHEDULER,
} from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, withProjector } from '../testing/run-projector.ts';

/** Three nodes: `a` with claims, `b` disabled, `c` empty. */
async function smallFleet() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  for (const node of ['a', 'b', 'c']) {
    addNode(writer, node);
  }
  writer.decide(SCHEDULER, claimOf('a', 'i1', ONE_GPU, 'tenant-1'), 'claim-1');
  writer.decide(SCHEDULER, claimOf('a', 'i2', undefined, 'tenant-1'), 'claim-2');
  writer.decide(
    OPERATOR,
    { type: 'DisableNode', origin: ORIGIN_OF_TESTS, node: 'b', reason: 'broken fan' },
    'disable-b',
  );
  writer.decide(SCHEDULER, claimOf('b', 'i3'), 'claim-3');
  await writer.flush();
  return { log, writer };
}

async function withSmallFleet(work: (running: TestProjector, number: number) => Promise<void>): Promise<void> {
  const { log, writer } = await smallFleet();
  const { number } = writer.bookmark;
  await withProjector(log, number, (running) => work(running, number));
}

describe('a query', () => {
  it('is answered with the token and the time it was true at', async () => {
    await withSmallFleet(async ({ ask }, number) => {
      expect(await ask('node', { node: 'a' })).toMatchObject({ outcome: 'answer', token: `history-1.${number}` });
    });
  });

  it('for a node gives its figures, providers and holders', async () => {
    await withSmallFleet(async ({ answer }) => {
      const node = await answer('node', { node: 'a' });
      expect(node).toMatchObject({ node: 'a', owner: 'agent-a', claimCount: 2, status: { kind: 'enabled' } });
      expect(node.classes).toContainEqual(
        expect.objectContaining({ class: 'VCPU', total: 32, capacity: 64, charged: 6, headroom: 58, free: 26 }),
      );
      expect(node.held).toEqual([
        { instance: 'i1', claimId: 'claim-1' },
        { instance: 'i2', claimId: 'claim-2' },
      ]);
      expect(node.providers.map((provider) => provider.id)).toEqual(['a.root', 'a.gpu0', 'a.gpu1']);
    });
  });

  it('for what does not exist is answered NOT_FOUND', async () => {
    await withSmallFleet(async ({ ask }) => {
      expect(await ask('node', { node: 'x' })).toMatchObject({ outcome: 'error', error: { code: 'NOT_FOUND' } });
      expect(await ask('instance', { instance: 'i3' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
      expect(await ask('usage', { node: 'x' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    });
  });

  it('for nodes filters, and pages in the order of ids', async () => {
    await withSmallFleet(async ({ answer }) => {
      const first = await answer('nodes', { limit: 2 });
      expect(first.nodes.map(({ node }) => node)).toEqual(['a', 'b']);
      expect(first.next).toBe('b');
      const second = await answer('nodes', { limit: 2, after: 'b' });
      expect(second.nodes.map(({ node }) => node)).toEqual(['c']);
      expect(second).not.toHaveProperty('next');
      const disabled = await answer('nodes', { status: 'disabled' });
      expect(disabled.nodes.map(({ node }) => node)).toEqual(['b']);
      expect((await answer('nodes', { trait: 'CUSTOM_GPU' })).nodes).toHaveLength(3);
      expect((await answer('nodes', { aggregate: 'zone-0' })).nodes).toHaveLength(0);
    });
  });

  it('for usage sums the cell, a node, an aggregate and a tenant', async () => {
    await withSmallFleet(async ({ answer }) => {
      const vcpu = expect.objectContaining({ class: 'VCPU', total: 96, charged: 6 });
      expect(await answer('usage', {})).toMatchObject({ scope: 'cell', nodes: 3, claims: 2 });
      expect((await answer('usage', {})).classes).toContainEqual(vcpu);
      const aggregate = await answer('usage', { aggregate: 'zone-1' });
      expect(aggregate).toMatchObject({ scope: 'aggregate', id: 'zone-1', nodes: 3, claims: 2 });
      expect(aggregate.classes.map((each) => each.class)).toEqual(['MEMORY_MB', 'VCPU']);
      expect(await answer('usage', { tenant: 'tenant-1' })).toEqual({
        scope: 'tenant',
        id: 'tenant-1',
        nodes: 1,
        claims: 2,
        classes: [
          { class: 'CUSTOM_GPU_MILLI', charged: 1_000 },
          { class: 'MEMORY_MB', charged: 6_144 },
          { class: 'VCPU', charged: 6 },
        ],
      });
      expect(await answer('usage', { tenant: 'nobody' })).toMatchObject({ claims: 0, classes: [] });
    });
  });

  it('for candidates leaves out closed nodes and says what would be charged', async () => {
    await withSmallFleet(async ({ answer }) => {
      const packed = await answer('candidates', { request: ONE_GPU });
      expect(packed).toMatchObject({ nodes: 3, isComplete: true, reasons: [] });
      expect(packed.candidates.map(({ node }) => node)).toEqual(['a', 'c']);
      expect(packed.candidates[0]?.charge).toContainEqual({
        provider: 'a.gpu1',
        class: 'CUSTOM_GPU_MILLI',
        amount: 1_000,
      });
      const spread = await answer('candidates', { request: ONE_GPU, strategy: 'spread', limit: 1 });
      expect(spread.candidates.map(({ node }) => node)).toEqual(['c']);
    });
  });

  it('for candidates that finds none says why over the whole fleet', async () => {
    await withSmallFleet(async ({ answer }) => {
      const tooMuch = await answer('candidates', { request: { resources: { VCPU: 65 } } });
      expect(tooMuch).toEqual({
        candidates: [],
        nodes: 3,
        isComplete: true,
        reasons: [
          { reason: 'NO_CAPACITY', class: 'VCPU', nodes: 2 },
          { reason: 'NODE_DISABLED', nodes: 1 },
        ],
      });
      const filtered = await answer('candidates', { request: ONE_GPU, aggregates: ['zone-7'] });
      expect(filtered.reasons).toEqual([{ reason: 'FILTERED_BY_AGGREGATE', nodes: 3 }]);
      const unknown = await answer('candidates', { request: { resources: { CUSTOM_FPGA: 1 } } });
      expect(unknown.reasons[0]).toEqual({ reason: 'UNKNOWN_CLASS', class: 'CUSTOM_FPGA', nodes: 2 });
    });
  });

  it('for usage and nodes counts what stays charged on a provider that has vanished', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    const root = providersOf('a', 0);
    const gpu = { id: 'a.gpu', parent: 'a.root', inventories: [{ class: 'CUSTOM_GPU_MILLI', total: 1_000 }] };
    addNode(writer, 'a', [...root, { ...gpu, traits: ['CUSTOM_GPU'], aggregates: ['gpus'] }]);
    writer.decide(SCHEDULER, claimOf('a', 'i1', ONE_GPU), 'claim-1');
    const report = {
      type: 'ReportInventory',
      origin: ORIGIN_OF_TESTS,
      node: 'a',
      incarnation: 1,
      sequence: 2,
    } as const;
    writer.decide(agentOf('a'), { ...report, mode: 'full', providers: root });
    await writer.flush();
    await withProjector(log, writer.number, async ({ answer }) => {
      expect((await answer('nodes', { aggregate: 'gpus', trait: 'CUSTOM_GPU' })).nodes).toHaveLength(1);
      const usage = await answer('usage', { aggregate: 'gpus' });
      expect(usage).toMatchObject({ nodes: 1, claims: 1, classes: [{ class: 'CUSTOM_GPU_MILLI', charged: 1_000 }] });
      expect((await answer('node', { node: 'a' })).classes).toEqual(expect.arrayContaining([...usage.classes]));
    });
  });

  it('for usage of the cell or an aggregate leaves out what is gone for good with a retired node', async () => {
    const { log, writer } = await smallFleet();
    writer.decide(OPERATOR, { type: 'RetireNode', origin: ORIGIN_OF_TESTS, node: 'c' }, 'retire-c');
    await writer.flush();
    await withProjector(log, writer.bookmark.number, async ({ answer }) => {
      for (const scope of [{}, { aggregate: 'zone-1' }]) {
        const usage = await answer('usage', scope);
        expect(usage).toMatchObject({ nodes: 2, claims: 2 });
        expect(usage.classes).toContainEqual(expect.objectContaining({ class: 'VCPU', total: 64, charged: 6 }));
      }
      expect((await answer('usage', { node: 'c' })).classes).toContainEqual(
        expect.objectContaining({ class: 'VCPU', total: 32 }),
      );
      const { nodes, reasons } = await answer('capacity', { request: { resources: { VCPU: 65 } } });
      expect({ nodes, reasons }).toMatchObject({ nodes: 3, reasons: [{ nodes: 1 }, { nodes: 1 }, { nodes: 1 }] });
    });
  });

  it('for capacity counts how many of a request fit one after the other', async () => {
    await withSmallFleet(async ({ answer }) => {
      const capacity = await answer('capacity', { request: ONE_GPU });
      const counts = { nodes: 3, fittingNodes: 2, unprovedNodes: 0, fits: 3, isComplete: true };
      expect(capacity).toMatchObject(counts);
      expect(capacity.groups).toEqual([{ names: ['CUSTOM_GPU'], ...counts }]);
      expect(capacity.reasons).toEqual([{ reason: 'NODE_DISABLED', nodes: 1 }]);
      expect(await answer('capacity', { request: ONE_GPU, aggregates: ['zone-7'] })).toMatchObject({
        ...{ nodes: 0, groups: [] },
        reasons: [{ reason: 'FILTERED_BY_AGGREGATE', nodes: 3 }],
      });
      const short = await answer('capacity', { request: ONE_GPU, workLimit: 1 });
      expect(short.isComplete).toBe(false);
    });
  });

  it('for an outcome gives the reply that was recorded, to who sent the command', async () => {
    await withSmallFleet(async ({ answer }) => {
      const claimed = await answer('outcome', { commandId: 'claim-1', ...senderOf(SCHEDULER) });
      expect(claimed).toMatchObject({
        status: 'recorded',
        reply: { outcome: 'accepted', commandId: 'claim-1', result: { type: 'ClaimInstance', claimId: 'claim-1' } },
      });
      const refused = await answer('outcome', { commandId: 'claim-3', ...senderOf(SCHEDULER) });
      expect(refused).toMatchObject({ reply: { outcome: 'refused', error: { code: 'NODE_DISABLED' } } });
      const others = await answer('outcome', { commandId: 'claim-1', role: 'scheduler', actor: 'scheduler-2' });
      expect(others).toEqual({ status: 'not-found', searchedFrom: 1 });
    });
  });

  it('for a history gives the events of a node, an instance and a command, newest first', async () => {
    await withSmallFleet(async ({ answer }) => {
      const node = await answer('history', { node: 'a' });
      expect(node.events.map(({ type }) => type)).toEqual([
        'InstanceClaimed',
        'InstanceClaimed',
        'InventoryChanged',
        'NodeRegistered',
      ]);
      expect(node).not.toHaveProperty('next');
      const instance = await answer('history', { instance: 'i3' });
      expect(instance.events.map(({ type }) => type)).toEqual(['CommandRejected']);
      const command = await answer('history', { command: 'disable-b' });
      expect(command.events.map(({ type }) => type)).toEqual(['NodeDisabled']);
    });
  });

  it('for a digest gives the one that all records together have', async () => {
    const { log, writer } = await smallFleet();
    await withProjector(log, writer.bookmark.number, async ({ answer }) => {
      expect(await answer('digest', {})).toMatchObject({ view: 'inventory', digest: ledgerDigest(writer.ledger) });
    });
  });

  it('for a digest holds no other question up while the records are hashed', async () => {
    const { log, writer } = await smallFleet();
    for (let count = 0; count < 1_000; count += 1) {
      addNode(writer, `node-${count}`);
    }
    await writer.flush();
    await withProjector(log, writer.bookmark.number, async ({ answer }) => {
      const answered: string[] = [];
      const digest = answer('digest', {}).finally(() => answered.push('digest'));
      const node = answer('node', { node: 'a' }).finally(() => answered.push('node'));
      await Promise.all([digest, node]);
      expect(answered).toEqual(['node', 'digest']);
      expect(await digest).toMatchObject({ digest: ledgerDigest(writer.ledger), number: writer.bookmark.number });
    });
  });

  it('that no projector answers is named', async () => {
    await withSmallFleet(async ({ askBytes }) => {
      for (const name of ['writer', 'constructor', 'x']) {
        expect(await askBytes(name, Buffer.from('{}'))).toMatchObject({ error: { code: 'UNKNOWN_QUERY' } });
      }
      expect(await askBytes('node', Buffer.from('{"node":"a","x":1}'))).toMatchObject({
        error: { code: 'UNKNOWN_FIELD' },
      });
    });
  });

  it('is answered UNAVAILABLE before there is a ledger, except for health', async () => {
    const running = testProjector(createMemoryLog());
    expect(await running.ask('nodes', {})).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    expect(await running.answer('health', {})).toMatchObject({ status: 'yellow', number: 0 });
  });
});

describe('a long history', () => {
  it('is paged by the index for the newest 256 events, then by looking through the log', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    addNode(writer, 'a');
    for (let round = 0; round < 300; round += 1) {
      writer.decide(SCHEDULER, claimOf('a', `i${round}`), `claim-${round}`);
      writer.decide(agentOf('a'), dropOf('a', `i${round}`, `claim-${round}`), `drop-${round}`);
    }
    await writer.flush();
    await withProjector(log, writer.bookmark.number, async ({ answer }) => {
      const numbers: number[] = [];
      const searched = new Set<string>();
      let before: number | undefined;
      do {
        const page = await answer('history', { node: 'a', ...(before === undefined ? {} : { before }) });
        numbers.push(...page.events.map((event) => event.number));
        searched.add(page.searched);
        before = page.next;
      } while (before !== undefined);
      const expected = writer.events
        .filter(({ command }) => command !== undefined && 'node' in command && command.node === 'a')
        .map(({ number }) => number);
      expect(numbers).toEqual(expected.toReversed());
      expect([...searched]).toEqual(['index', 'log']);
    });
  });
});

function senderOf(actor: typeof SCHEDULER): { readonly role: 'scheduler'; readonly actor: string } {
  return { role: 'scheduler', actor: actor.id };
}

describe('the history of a command', () => {
  it('is that of the batch for a part of it, and that of the event for a decision of the writer', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    addNode(writer, 'a');
    const batch = decideBatchThatExpires(writer, 'a');
    await writer.flush();
    await withProjector(log, writer.number, async ({ answer }) => {
      const eventsOf = async (command: string) =>
        (await answer('history', { command })).events.map(({ number }) => number);
      expect(await eventsOf('batch')).toEqual([batch]);
      expect(await eventsOf('batch.1')).toEqual([batch]);
      expect(await eventsOf(`ClaimExpired.${writer.number}`)).toEqual([writer.number]);
      expect(await eventsOf('batch.2')).toEqual([]);
      expect(await eventsOf(`ClaimExpired.${batch}`)).toEqual([]);
    });
  });
});
