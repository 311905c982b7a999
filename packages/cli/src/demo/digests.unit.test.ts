import type { LedgerEvent } from '@fleetbook/domain';
import { decodeLedgerEvent, type EventLog } from '@fleetbook/event-log';
import { createMemoryLog, createMemoryStore } from '@fleetbook/event-log/memory';
import { createMetrics, systemClock } from '@fleetbook/operations';
import { memoryDisk, memoryLogger, memoryMarks } from '@fleetbook/operations/testing';
import { createProjector } from '@fleetbook/projector';
import { addNode, claimOf, foundHistory, ONE_GPU, SCHEDULER } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { foldLog } from '../verify/fold-log.ts';

/** A log with a claim in it, and its last event number. */
const writeLog = async () => {
  const store = createMemoryStore();
  const writer = await foundHistory(createMemoryLog({ store }));
  addNode(writer, 'node-1');
  await writer.send(SCHEDULER, claimOf('node-1', 'instance-1', ONE_GPU));
  return { store, last: writer.bookmark.number };
};

/** One unit less than what was charged: the event is changed after the log's bytes have been verified. */
const corrupted = (event: LedgerEvent): LedgerEvent => {
  if (event.type !== 'InstanceClaimed') {
    return event;
  }
  const charge = event.data.charge.map((line, index) => (index === 0 ? { ...line, amount: line.amount - 1 } : line));
  return { ...event, data: { ...event.data, charge } };
};

const liveDigest = async (log: EventLog, number: number): Promise<string> => {
  const projector = createProjector({
    id: 'replica-1',
    cell: 'main',
    log,
    disk: memoryDisk(),
    marks: memoryMarks(),
    directory: '/data',
    clock: systemClock,
    logger: memoryLogger(),
    metrics: createMetrics(),
    version: '0.0.0',
    pid: 1,
    checkpointIntervalMs: 3_600_000,
  });
  projector.start();
  expect(await projector.reached(number, 5_000)).toBe(true);
  const reply = await new Promise<string>((resolve) => {
    projector.handle('digest', Buffer.from('{}'), (bytes) => resolve(Buffer.from(bytes).toString()));
  });
  await projector.stop();
  return JSON.parse(reply).answer.digest;
};

type Path = 'live' | 'replay' | 'reference';

/** The three digests, each from a log of its own over the same bytes; one of them may read a corrupted charge. */
const digestsOf = async (damaged?: Path) => {
  const { store, last } = await writeLog();
  const logOf = (path: Path): EventLog =>
    createMemoryLog({
      store,
      decodeEvent: (raw) => (path === damaged ? corrupted(decodeLedgerEvent(raw)) : decodeLedgerEvent(raw)),
    });
  return {
    live: await liveDigest(logOf('live'), last),
    replay: (await foldLog(logOf('replay'), [])).replay,
    reference: (await foldLog(logOf('reference'), [])).reference,
  };
};

describe('the three digests', () => {
  it('are equal for the same log', async () => {
    const { live, replay, reference } = await digestsOf();
    expect(live).toMatch(/^[0-9a-f]{32}$/);
    expect([replay, reference]).toEqual([live, live]);
  });

  it.each(['live', 'replay', 'reference'] as const)(
    'show one corrupted charge on the path of %s in that digest alone',
    async (damaged) => {
      const sound = await digestsOf();
      const digests = await digestsOf(damaged);
      for (const path of ['live', 'replay', 'reference'] as const) {
        expect(digests[path] === sound[path], path).toBe(path !== damaged);
      }
    },
  );
});
