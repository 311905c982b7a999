import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory, startUpOnSmallDisk, type UpProcess, whyNoSmallDisk } from './testing/command.ts';

const DISK_BYTES = 32 << 20;

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
    const cell = await startUpOnSmallDisk({ directory: directory.path }, DISK_BYTES);
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
