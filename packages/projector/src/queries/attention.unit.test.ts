import type { AttentionKind } from '@fleetbook/contracts';
import { manualClock } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { agentOf, claimOf, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER } from '../testing/fleet.ts';
import { evacuatedFleet, movingFleet } from '../testing/moving-fleet.ts';
import { type TestProjector, withProjector } from '../testing/run-projector.ts';

const origin = ORIGIN_OF_TESTS;

describe('attention', () => {
  it('is asked for by nothing in a sound cell, open moves and unconfirmed claims aside', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.move('cold', 'i1', 'a', 'b');
    all.given(SCHEDULER, { ...claimOf('c', 'i2'), ttlMs: 60_000 }, 'claim-i2');
    await all.ask(async ({ answer }) => {
      const usual = await answer('attention', {});
      expect(usual.items).toEqual([]);
      expect(usual.counts).toHaveLength(10);
      const { items } = await answer('attention', { kinds: ['unconfirmed', 'move-open'] });
      expect(items).toMatchObject([
        { kind: 'move-open', node: 'a', instance: 'i1', moveId: 'move-i1', moveKind: 'cold', state: 'claimed' },
        { kind: 'unconfirmed', node: 'c', instance: 'i2', claimId: 'claim-i2', expiresAt: expect.any(Number) },
      ]);
    });
  });

  it('lists what is stuck, by kind and then by node, on pages', async () => {
    const all = await evacuatedFleet();
    all.claim('c', 'i2');
    all.given(SCHEDULER, { type: 'DropInstance', origin, node: 'c', instance: 'i2', claimId: 'claim-i2' });
    all.claim('c', 'i3');
    all.move('cold', 'i3', 'c', 'b');
    all.advance('i3', 'b', 'prepared', 'running', 'switched');
    all.given(agentOf('b'), { type: 'FailMove', origin, instance: 'i3', moveId: 'move-i3', reason: 'disk' });
    const charge = [{ provider: 'c.root', class: 'VCPU', amount: 100 }];
    all.given(OPERATOR, { type: 'AdoptInstance', origin, node: 'c', instance: 'i4', charge });
    const guests = [{ instance: 'stranger' }];
    const report = { node: 'c', incarnation: 1, complete: false, takenAt: all.writer.number, guests };
    all.given(agentOf('c'), { type: 'ReportGuests', origin, ...report });
    await all.ask(async ({ answer, ask }) => {
      const whole = await answer('attention', {});
      expect(whole.items).toMatchObject([
        { kind: 'releasing', node: 'c', instance: 'i2', claimId: 'claim-i2', requestedBy: SCHEDULER, becomes: 'ended' },
        { kind: 'left-behind', node: 'a', instance: 'i1', moveId: 'move-i1' },
        { kind: 'move-error', node: 'b', instance: 'i3', moveId: 'move-i3', state: 'switched' },
        { kind: 'drift', node: 'c', instance: 'stranger', drift: 'guest-unknown' },
        { kind: 'overcommitted', node: 'c', provider: 'c.root', class: 'VCPU', headroom: expect.any(Number) },
        { kind: 'down', node: 'a', reason: 'dark', fenced: false },
      ]);
      const kinds: AttentionKind[] = [];
      let after: string | undefined;
      do {
        const page = await answer('attention', { limit: 1, ...(after === undefined ? {} : { after }) });
        kinds.push(...page.items.map(({ kind }) => kind));
        expect(page.counts).toEqual(whole.counts);
        after = page.next;
      } while (after !== undefined);
      expect(kinds).toEqual(whole.items.map(({ kind }) => kind));
      expect((await answer('attention', { node: 'a' })).items.map(({ kind }) => kind)).toEqual(['left-behind', 'down']);
      expect(await ask('attention', { after: 'nonsense' })).toMatchObject({ error: { code: 'INVALID_FIELD' } });
    });
  });

  it('knows how long something has been so, and when a claim expires', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.given(SCHEDULER, { type: 'DropInstance', origin, node: 'a', instance: 'i1', claimId: 'claim-i1' });
    all.given(SCHEDULER, { ...claimOf('b', 'i2'), ttlMs: 60_000 });
    all.given(SCHEDULER, claimOf('b', 'i3'));
    all.given(OPERATOR, { type: 'MarkNodeDown', origin, node: 'c', reason: 'dark', fenced: false });
    await all.writer.flush();
    const clock = manualClock(all.writer.now() + 30_000);
    const look = async ({ answer }: TestProjector): Promise<void> => {
      const namesOf = async (query: object) =>
        (await answer('attention', query)).items.map((item) => ('instance' in item ? item.instance : item.kind));
      expect(await namesOf({})).toEqual(['i1', 'down']);
      expect(await namesOf({ olderThanMs: 29_000 })).toEqual(['i1']);
      expect(await namesOf({ olderThanMs: 31_000 })).toEqual([]);
      expect(await namesOf({ kinds: ['unconfirmed'] })).toEqual(['i2', 'i3']);
      expect(await namesOf({ kinds: ['unconfirmed'], withinMs: 31_000 })).toEqual(['i2']);
      expect(await namesOf({ kinds: ['unconfirmed'], withinMs: 29_000 })).toEqual([]);
    };
    await withProjector(all.log, all.writer.bookmark.number, look, { clock });
  });

  it('leaves retired nodes alone', async () => {
    const all = await movingFleet();
    const report = { node: 'a', incarnation: 1, sequence: 2, mode: 'unsupported', reason: 'no driver' } as const;
    all.given(agentOf('a'), { type: 'ReportInventory', origin, ...report });
    await all.ask(async ({ answer }) => {
      expect((await answer('attention', {})).items).toMatchObject([{ kind: 'stale', node: 'a', reason: 'no driver' }]);
    });
    all.given(OPERATOR, { type: 'RetireNode', origin, node: 'a' });
    await all.ask(async ({ answer }) => expect((await answer('attention', {})).items).toEqual([]));
  });
});

describe('counters', () => {
  it('are of the cell, a node or a tenant', async () => {
    const all = await movingFleet();
    all.claim('a', 'i1');
    all.claim('a', 'i2');
    all.claim('b', 'i3');
    const state = { vm: 'active', task: 'rebuilding', osType: 'linux' };
    const about = { node: 'a', instance: 'i1', claimId: 'claim-i1', state };
    all.given(agentOf('a'), { type: 'ReportInstanceState', origin, ...about });
    all.given(agentOf('b'), { type: 'ReportBuildResult', origin, node: 'b', instance: 'i3', result: 'failed' });
    await all.ask(async ({ answer, ask }) => {
      const busy = {
        byVm: { active: 1 },
        byTask: { rebuilding: 1 },
        byOsType: { linux: 1 },
        workload: 1,
        ioWorkload: 1,
      };
      expect(await answer('counters', {})).toEqual({
        ...{ scope: 'cell', instances: 3, failedBuilds: 1, ...busy },
        byTenant: { 'tenant-i1': 1, 'tenant-i2': 1, 'tenant-i3': 1 },
      });
      expect(await answer('counters', { node: 'a' })).toEqual({
        ...{ scope: 'node', id: 'a', instances: 2, failedBuilds: 0, ...busy },
        byTenant: { 'tenant-i1': 1, 'tenant-i2': 1 },
      });
      expect(await answer('counters', { tenant: 'tenant-i1' })).toEqual({
        ...{ scope: 'tenant', id: 'tenant-i1', instances: 1, failedBuilds: 0, ...busy },
        byTenant: { 'tenant-i1': 1 },
      });
      expect(await answer('counters', { tenant: 'nobody' })).toMatchObject({ instances: 0, byTenant: {} });
      expect(await ask('counters', { node: 'x' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    });
  });
});
