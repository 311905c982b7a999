import { open, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fleetbook as command,
  interrupt,
  makeDirectory,
  startUpOnSmallDisk,
  type UpProcess,
  whyNoSmallDisk,
} from './testing/command.ts';

const DISK_BYTES = 32 << 20;
/** What is shed is tried again until the time is up; its reason is the answer, if one came by then. */
const BRIEFLY = { timeoutMs: 1_000 };

let directory: Awaited<ReturnType<typeof makeDirectory>>;

beforeEach(async () => {
  directory = await makeDirectory();
});

afterEach(async () => {
  await directory.remove();
});

async function connectTo(disk: string): Promise<Fleetbook> {
  const { natsUrl, user, password } = JSON.parse(await readFile(join(disk, 'endpoint.json'), 'utf8'));
  return connectFleetbook({ servers: [natsUrl], user, password, client: { name: 'test', version: '0' } });
}

/** Takes of a disk what is more than this share of it. */
async function leave(disk: string, freeShare: number): Promise<void> {
  const ballast = join(disk, 'ballast');
  await rm(ballast, { force: true });
  const { blocks, bsize, bavail } = await statfs(disk);
  await writeFile(ballast, Buffer.alloc(Math.floor(bavail - blocks * freeShare) * bsize));
}

/** Takes what is left of a disk, to the last byte. */
async function fill(disk: string): Promise<() => Promise<void>> {
  const { blocks, bsize } = await statfs(disk);
  const ballast = join(disk, 'ballast');
  await expect(writeFile(ballast, Buffer.alloc(blocks * bsize))).rejects.toMatchObject({ code: 'ENOSPC' });
  return () => rm(ballast);
}

const processesStarted = (cell: UpProcess, service: string): number =>
  cell.output().match(new RegExp(`^${service} +started`, 'gm'))?.length ?? 0;

describe('a cell whose disk is full', () => {
  it('acknowledges nothing, says what it waits for, and goes on by itself once there is room', async (context) => {
    const reason = await whyNoSmallDisk(directory.path);
    context.skip(reason !== undefined, reason);
    const environment = { FLEETBOOK_STORAGE_INTERVAL_MS: '3600000' };
    const cell = await startUpOnSmallDisk({ directory: directory.path, environment }, DISK_BYTES);
    const disk = join(`/proc/${cell.pid}/root`, directory.path);
    const fleetbook = await connectTo(disk);
    try {
      const agent = fleetbook.as('agent', 'agent-1');
      const startedAt = Date.now();
      const makeRoom = await fill(disk);
      const register = (number: number, timeoutMs: number) => {
        const command = { commandId: `register-${number}`, issuedAt: number + startedAt, timeoutMs };
        return agent.send('RegisterNode', { node: `node-${number}`, bootId: 'boot-1' }, command);
      };
      // The page of the store's last block that is there already takes a few more.
      let last = 0;
      let during = await register(last, 2_000);
      while (during.outcome === 'accepted') {
        last += 1;
        during = await register(last, 2_000);
      }
      expect(during).toMatchObject({ outcome: 'error', error: { code: 'TIMEOUT' } });
      await expect
        .poll(cell.output, { timeout: 20_000 })
        .toMatch(/nats-server +waiting +process \d+: .*once the disk has room.*no space left/);
      await makeRoom();
      expect(await register(last, 60_000)).toMatchObject({ outcome: 'accepted', commandId: `register-${last}` });
      expect([processesStarted(cell, 'nats-server'), processesStarted(cell, 'tracker')]).toEqual([2, 1]);
    } finally {
      await fleetbook.close();
      expect(await cell.stop()).toBe(0);
    }
  });
});

describe('a cell whose own output has no room', () => {
  it('runs and ends as any other', async (context) => {
    context.skip(process.platform !== 'linux', 'there is no /dev/full');
    await using full = await open('/dev/full', 'w');
    const isWell = async () => (await command(['status'], { directory: directory.path })).code === 0;
    const ended = await interrupt(['up', '--port', '0'], { directory: directory.path, output: full.fd }, isWell);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
  });
});

describe('a cell whose disk is nearly full', () => {
  it('sheds new claims, then all but releases, and takes all again once there is room', async (context) => {
    const reason = await whyNoSmallDisk(directory.path);
    context.skip(reason !== undefined, reason);
    const environment = { FLEETBOOK_STORAGE_INTERVAL_MS: '20' };
    const cell = await startUpOnSmallDisk({ directory: directory.path, environment }, DISK_BYTES);
    const disk = join(`/proc/${cell.pid}/root`, directory.path);
    const fleetbook = await connectTo(disk);
    try {
      const agent = fleetbook.as('agent', 'agent-1');
      const operator = fleetbook.as('operator', 'operator-1');
      const untilItSheds = (shedding: string) =>
        expect
          .poll(async () => {
            const reply = await operator.ask('writer', {});
            return reply.outcome === 'answer' ? reply.answer.storage?.shedding : reply.error.code;
          })
          .toBe(shedding);
      const held = { node: 'node-1', instance: 'held' };
      const claim = (instance: string, options = {}) =>
        agent.send('ClaimInstance', { ...held, instance, request: { resources: { VCPU: 1 } } }, options);
      const inventories = [{ class: 'VCPU', total: 4 }];
      const report = { node: 'node-1', incarnation: 1, sequence: 1, mode: 'full' } as const;
      await agent.send('RegisterNode', { node: 'node-1', bootId: 'boot-1' });
      await agent.send('ReportInventory', { ...report, providers: [{ id: 'node-1', inventories }] });
      const { commandId: claimId = '' } = await claim('held');

      await leave(disk, 0.08);
      await untilItSheds('new-claims');
      const low = { outcome: 'error', error: { code: 'STORAGE_LOW' } };
      await expect.poll(() => claim('other', BRIEFLY)).toMatchObject(low);
      expect(await agent.send('ConfirmClaim', { ...held, claimId })).toMatchObject({ outcome: 'accepted' });

      await leave(disk, 0.03);
      await untilItSheds('all-but-releases');
      const disabling = { node: 'node-1', reason: 'no room' };
      await expect.poll(() => operator.send('DisableNode', disabling, BRIEFLY)).toMatchObject(low);
      expect(await agent.send('DropInstance', { ...held, claimId })).toMatchObject({ outcome: 'accepted' });

      await leave(disk, 0.5);
      await untilItSheds('nothing');
      expect(await claim('other')).toMatchObject({ outcome: 'accepted' });
    } finally {
      await fleetbook.close();
      expect(await cell.stop()).toBe(0);
    }
  });
});
