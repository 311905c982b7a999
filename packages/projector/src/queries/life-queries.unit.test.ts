import { memoryDisk } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { agentOf, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER } from '../testing/fleet.ts';
import { evacuatedFleet, movingFleet } from '../testing/moving-fleet.ts';
import { type TestProjector, withProjector } from '../testing/run-projector.ts';

const origin = ORIGIN_OF_TESTS;

const SMALL_CHARGE = expect.arrayContaining([expect.objectContaining({ class: 'VCPU', amount: 2 })]);

describe('a move', () => {
  it('is shown with its other side and with what may be done next', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.move('resize', 'i1', 'a', 'b');
    all.advance('i1', 'b', 'prepared', 'running', 'switched');
    await all.ask(async ({ answer, ask }) => {
      const move = await answer('move', { moveId: 'move-i1' });
      expect(move).toMatchObject({
        moveId: 'move-i1',
        kind: 'resize',
        state: 'switched',
        isOpen: true,
        isError: false,
        other: { side: 'source', node: 'a', state: 'held', charge: SMALL_CHARGE },
        legal: ['AdvanceMove', 'ConfirmMove', 'RevertMove', 'FailMove'],
      });
      expect(move.other).not.toHaveProperty('counted');
      expect(await answer('instance', { instance: 'i1' })).toMatchObject({
        status: 'held',
        claim: { node: 'b' },
        move,
      });
      expect((await answer('node', { node: 'a' })).sides).toEqual([
        { instance: 'i1', moveId: 'move-i1', kind: 'resize', moveState: 'switched', side: 'source', state: 'held' },
      ]);
      expect((await answer('node', { node: 'b' })).held).toEqual([
        { instance: 'i1', claimId: 'claim-i1', moveId: 'move-i1' },
      ]);
      expect(await ask('move', { moveId: 'nothing' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    });
  });

  it('on one node that replaces shows what it counts beside what it is entitled to', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    const place = { source: 'a', claimId: 'claim-i1', destination: 'a', replace: true };
    const request = { resources: { VCPU: 6, MEMORY_MB: 2_048 } };
    all.given(SCHEDULER, { type: 'ClaimMove', origin, kind: 'resize', instance: 'i1', ...place, request }, 'move-i1');
    await all.ask(async ({ answer }) => {
      const { other } = await answer('move', { moveId: 'move-i1' });
      expect(other?.charge).toContainEqual(expect.objectContaining({ class: 'VCPU', amount: 6 }));
      expect(other?.counted).toEqual([expect.objectContaining({ class: 'VCPU', amount: 4 })]);
      const usage = await answer('usage', { tenant: 'tenant-i1' });
      expect(usage).toMatchObject({ claims: 1, nodes: 1 });
      expect(usage.classes).toContainEqual({ class: 'VCPU', charged: 6 });
    });
  });

  it('is listed while open, and afterwards while it left something charged', async () => {
    const all = await evacuatedFleet();
    for (const id of ['i2', 'i3']) {
      all.claim('b', id);
      all.move('cold', id, 'b', 'c');
    }
    all.advance('i3', 'c', 'prepared', 'running');
    all.given(SCHEDULER, { type: 'CancelMove', origin, instance: 'i3', moveId: 'move-i3' });
    await all.ask(async ({ answer }) => {
      const idsOf = async (query: object) => (await answer('moves', query)).moves.map(({ moveId }) => moveId);
      expect(await idsOf({})).toEqual(['move-i2']);
      expect(await idsOf({ status: 'charged' })).toEqual(['move-i1', 'move-i3']);
      expect(await idsOf({ status: 'all' })).toEqual(['move-i1', 'move-i2', 'move-i3']);
      expect(await idsOf({ status: 'all', node: 'b', kind: 'cold' })).toEqual(['move-i2', 'move-i3']);
      expect(await idsOf({ status: 'all', instance: 'i1' })).toEqual(['move-i1']);
      const first = await answer('moves', { status: 'all', limit: 2 });
      expect(first.next).toBe('move-i2');
      expect(await idsOf({ status: 'all', limit: 2, after: 'move-i2' })).toEqual(['move-i3']);
    });
  });

  it('has a history of its own, and stands in those of its nodes', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.move('live', 'i1', 'a', 'b');
    all.advance('i1', 'b', 'prepared');
    all.writer.decide(OPERATOR, { type: 'ConfirmMove', origin, instance: 'i1', moveId: 'move-i1' });
    await all.ask(async ({ answer }) => {
      const typesOf = async (query: object) => (await answer('history', query)).events.map(({ type }) => type);
      const moved = ['CommandRejected', 'MoveAdvanced', 'MoveClaimed'];
      expect(await typesOf({ move: 'move-i1' })).toEqual(moved);
      expect(await typesOf({ instance: 'i1' })).toEqual([...moved, 'ClaimConfirmed', 'InstanceClaimed']);
      expect((await typesOf({ node: 'a' })).slice(0, 3)).toEqual(moved);
      expect((await typesOf({ node: 'b' })).slice(0, 3)).toEqual(moved);
      expect(await typesOf({ node: 'c' })).toEqual(['InventoryChanged', 'NodeRegistered']);
    });
  });

  it('is found in histories by looking through the log, once newer events have displaced it there', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.move('live', 'i1', 'a', 'b');
    all.advance('i1', 'b', 'prepared');
    const before = all.writer.number;
    for (let round = 0; round < 600; round += 1) {
      const status = round % 2 === 0 ? 'DisableNode' : 'EnableNode';
      const facts = { origin, node: 'b' };
      all.given(
        OPERATOR,
        status === 'EnableNode' ? { type: status, ...facts } : { type: status, ...facts, reason: 'x' },
      );
    }
    await all.ask(async ({ answer }) => {
      const page = await answer('history', { node: 'b', before: before + 1 });
      expect(page.searched).toBe('log');
      expect(page.events.map(({ type }) => type)).toEqual([
        'MoveAdvanced',
        'MoveClaimed',
        'InventoryChanged',
        'NodeRegistered',
      ]);
    });
  });

  it('leaves the tenant charged for what an evacuation left behind, also after the instance ended', async () => {
    const all = await evacuatedFleet();
    const claimId = 'move-i1';
    all.given(agentOf('b'), { type: 'DropInstance', origin, node: 'b', instance: 'i1', claimId });
    const disk = memoryDisk();
    await all.writer.flush();
    for (const _start of ['from the log', 'from the checkpoint']) {
      const look = async ({ answer }: TestProjector): Promise<void> => {
        const usage = await answer('usage', { tenant: 'tenant-i1' });
        expect(usage).toMatchObject({ nodes: 1, claims: 0 });
        expect(usage.classes).toContainEqual({ class: 'VCPU', charged: 2 });
        const { holders } = await answer('holders', { node: 'a', what: 'VCPU' });
        expect(holders).toMatchObject([{ moveId: 'move-i1', tenant: 'tenant-i1', amount: 2 }]);
      };
      await withProjector(all.log, all.writer.bookmark.number, look, {}, disk);
    }
  });
});

describe('a freed instance', () => {
  it('finds the fencing of its node in its history', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.given(SCHEDULER, { type: 'DropInstance', origin, node: 'a', instance: 'i1', claimId: 'claim-i1' });
    all.given(OPERATOR, { type: 'MarkNodeDown', origin, node: 'a', reason: 'dark', fenced: true });
    await all.ask(async ({ answer }) => {
      expect(await answer('instance', { instance: 'i1' })).toEqual({ instance: 'i1', status: 'ended' });
      const { events } = await answer('history', { instance: 'i1', limit: 2 });
      expect(events.map(({ type }) => type)).toEqual(['NodeMarkedDown', 'DropRequested']);
    });
  });

  it('that was shelved keeps its identity', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.given(agentOf('a'), { type: 'ShelveOffload', origin, node: 'a', instance: 'i1', claimId: 'claim-i1' });
    await all.ask(async ({ answer }) => {
      expect(await answer('instance', { instance: 'i1' })).toEqual({
        instance: 'i1',
        status: 'offloaded',
        claimId: 'claim-i1',
        node: 'a',
        tenant: 'tenant-i1',
      });
    });
  });
});

describe('a node', () => {
  it('is shown with what operators set, what has no effect yet, and why it is not offered', async () => {
    const all = await movingFleet();
    const policies = [{ provider: 'a.root', class: 'VCPU', allocationRatioMillionths: 1_500_000 }];
    all.given(OPERATOR, { type: 'SetInventoryPolicy', origin, node: 'a', policies });
    const inventory = { class: 'CUSTOM_LICENCE', total: 3, allocationRatioMillionths: 2_000_000 };
    const targets = ['a.root', 'a.gone'].map((provider) => ({
      provider,
      inventories: [inventory],
      traits: ['CUSTOM_T'],
    }));
    all.given(OPERATOR, { type: 'SetOverlay', origin, node: 'a', targets });
    all.given(OPERATOR, { type: 'TransferNode', origin, node: 'a', owner: 'agent-new' });
    all.given(OPERATOR, { type: 'SetDriftPolicy', origin, node: 'a', policy: 'heal-safe', mayFree: 12 });
    const report = { node: 'a', incarnation: 1, sequence: 2, mode: 'unsupported', reason: 'no driver' } as const;
    all.given(agentOf('a'), { type: 'ReportInventory', origin, ...report });
    for (let build = 0; build < 10; build += 1) {
      all.given(agentOf('a'), { type: 'ReportBuildResult', origin, node: 'a', instance: 'i1', result: 'failed' });
    }
    await all.ask(async ({ answer }) => {
      const node = await answer('node', { node: 'a' });
      expect(node).toMatchObject({
        inventoryStatus: { kind: 'stale', reason: 'no driver' },
        transferTo: 'agent-new',
        failedBuilds: 10,
        isSuspect: true,
        sideCount: 0,
        settings: {
          policies: [{ provider: 'a.root', class: 'VCPU', allocationRatio: 1.5 }],
          overlayState: { pending: ['a.gone'], shadowed: [] },
          driftPolicy: 'heal-safe',
          mayFree: 12,
        },
      });
      expect(node.settings.overlay[0]?.inventories).toEqual([
        { class: 'CUSTOM_LICENCE', total: 3, allocationRatio: 2 },
      ]);
      expect(node.providers[0]).toMatchObject({ overlayTraits: ['CUSTOM_T'] });
      expect(node.providers[0]?.inventories).toContainEqual(
        expect.objectContaining({ class: 'CUSTOM_LICENCE', isOverlay: true }),
      );
      expect((await answer('nodes', { status: 'down' })).nodes).toEqual([]);
    });
  });

  it('lists what moves left there, for a host that comes back', async () => {
    const all = await evacuatedFleet();
    all.given(agentOf('a'), { type: 'RegisterNode', origin, node: 'a', bootId: 'boot-2' }, 'register-again');
    await all.ask(async ({ answer }) => {
      const side = { instance: 'i1', moveId: 'move-i1', side: 'source', state: 'left-behind', moveState: 'completed' };
      expect((await answer('node', { node: 'a' })).sides).toEqual([{ kind: 'evacuation', ...side }]);
      const outcome = await answer('outcome', { commandId: 'register-again', role: 'agent', actor: 'agent-a' });
      expect(outcome).toMatchObject({ reply: { result: { held: [], sides: [side] } } });
    });
  });
});

describe('candidates', () => {
  it('leave out nodes that are down or stale, and say so when none is left', async () => {
    const all = await movingFleet();
    all.given(OPERATOR, { type: 'MarkNodeDown', origin, node: 'a', reason: 'dark', fenced: true });
    const report = { node: 'b', incarnation: 1, sequence: 2, mode: 'unsupported', reason: 'no driver' } as const;
    all.given(agentOf('b'), { type: 'ReportInventory', origin, ...report });
    const request = { resources: { VCPU: 1 } };
    await all.ask(async ({ answer }) => {
      const { candidates } = await answer('candidates', { request });
      expect(candidates.map(({ node }) => node)).toEqual(['c']);
      expect((await answer('capacity', { request })).reasons).toEqual([
        { reason: 'INVENTORY_STALE', nodes: 1 },
        { reason: 'NODE_DOWN', nodes: 1 },
      ]);
    });
  });

  it('rank a node whose builds keep failing after all others, until one succeeds', async () => {
    const all = await movingFleet();
    const build = { type: 'ReportBuildResult', origin, node: 'a', instance: 'i9' } as const;
    const order = (query: object) => async (running: TestProjector) =>
      (await running.answer('candidates', { request: { resources: { VCPU: 1 } }, ...query })).candidates.map(
        ({ node }) => node,
      );
    for (let failures = 0; failures < 10; failures += 1) {
      all.given(agentOf('a'), { ...build, result: 'failed' });
    }
    await all.ask(async (running) => {
      expect(await order({})(running)).toEqual(['b', 'c', 'a']);
      expect((await order({ seed: 7 })(running)).at(-1)).toBe('a');
      expect((await order({ strategy: 'spread' })(running)).at(-1)).toBe('a');
    });
    all.given(agentOf('a'), { ...build, result: 'succeeded' });
    await all.ask(async (running) => expect(await order({})(running)).toEqual(['a', 'b', 'c']));
  });
});
