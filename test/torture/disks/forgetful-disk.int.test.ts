import { type Bookmark, LogMissingError, ORIGIN } from '@fleetbook/event-log';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { craftCommit } from '../../support/crafted-commits.ts';
import { type ForgetfulDiskOrNot, makeForgetfulDisk } from './forgetful-disk.ts';
import { makeLazyServer } from './lazy-server.ts';

const COMMITS = 50;

let made: ForgetfulDiskOrNot;

beforeEach(async () => {
  made = await makeForgetfulDisk();
});

afterEach(async () => {
  await (made.ok ? made.disk.dispose() : undefined);
});

async function openLog(server: TestServer, create: boolean) {
  const { connection } = await server.connect();
  return openJetStreamLog({ connection, cell: 'main', create, appendTimeoutMs: 5_000 });
}

/** Appends commits, each acknowledged, and cuts the power. Gives how many are there when it is back. */
async function commitsAfterPowerCut(disk: { readonly path: string; cutPower(): Promise<void> }, binary?: string) {
  const { server, stop } = await startTestServer({
    dataDirectory: disk.path,
    ...(binary === undefined ? {} : { binary }),
  });
  try {
    const log = await openLog(server, true);
    let end: Bookmark = ORIGIN;
    for (let count = 0; count < COMMITS; count += 1) {
      const commit = craftCommit(end, 1, [{ type: 'NodeEnabled', schemaVersion: 1, data: {} }]);
      const appended = await log.append(end.position, commit);
      expect(appended.status).toBe('appended');
      end = { position: await log.end(), number: end.number + 1, hash: commit.hash, epoch: 1 };
    }
    await server.kill();
    await disk.cutPower();
    await server.restart();
    const left = await openLog(server, false).catch((error: unknown) => {
      expect(error).toBeInstanceOf(LogMissingError);
    });
    return (await left?.end()) ?? 0;
  } finally {
    await stop();
  }
}

describe('a disk whose power is cut', () => {
  it('has every acknowledged commit of a server that syncs before it acknowledges', async (context) => {
    if (!made.ok) {
      return context.skip(made.reason);
    }
    expect(await commitsAfterPowerCut(made.disk)).toBe(COMMITS);
  });

  it('has lost acknowledged commits of a server that syncs later', async (context) => {
    if (!made.ok) {
      return context.skip(made.reason);
    }
    const lazy = await makeLazyServer();
    try {
      expect(await commitsAfterPowerCut(made.disk, lazy.binary)).toBeLessThan(COMMITS);
    } finally {
      await lazy.dispose();
    }
  });
});
