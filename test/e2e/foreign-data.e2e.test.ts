import { querySubject } from '@fleetbook/contracts';
import { type EncodedCommit, ORIGIN } from '@fleetbook/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { craftCommit, craftFounding } from '../support/crafted-commits.ts';
import { addNodes } from '../support/fleet.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const EXIT_DATA = 5;

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

/** Puts a commit behind the end of a cell's log, as another program could. */
async function append(cell: string, craft: (end: typeof ORIGIN) => EncodedCommit, isNew = false): Promise<void> {
  const log = await services.openLog(cell, isNew);
  try {
    let end = ORIGIN;
    for await (const commits of log.read(ORIGIN)) {
      end = commits.at(-1)?.bookmark ?? end;
    }
    expect(await log.append(end.position, craft(end))).toMatchObject({ status: 'appended' });
  } finally {
    await log.close();
  }
}

/** A tracker that finds such a log ends with the exit code for data it must not touch, and says why. */
async function expectRefusal(tracker: ServiceUnderTest, errCode: string): Promise<void> {
  expect(await tracker.ended).toBe(EXIT_DATA);
  expect(tracker.lines).toContainEqual(expect.objectContaining({ message: 'service failed', errCode }));
}

/** Nobody answers questions about the cell but the one how it is. */
async function expectNoAnswers(cell: string, reason: RegExp): Promise<void> {
  const { answer } = await until('red health', async () => {
    const health = await services.ask(cell, 'health', {});
    return health.answer.status === 'red' ? health : undefined;
  });
  expect(answer.checks).toContainEqual(
    expect.objectContaining({ name: 'fold', status: 'red', reason: expect.stringMatching(reason) }),
  );
  const reply = await services.bus.request(querySubject(cell, 'nodes'), '{}', 2_000);
  expect(reply).toEqual({ status: 'no-responders' });
}

describe('a log of a newer release or of another cell', () => {
  it.concurrent('with an event version that is not known yet stops everybody who reads it', async () => {
    const cell = 'newer';
    const [tracker, projector] = [services.spawn('tracker', cell), services.spawn('projector', cell)];
    const fleetbook = await services.connect(cell);
    await addNodes(fleetbook, ['node-1']);
    await services.ask(cell, 'node', { node: 'node-1' });
    const enabled = { type: 'NodeEnabled', schemaVersion: 2, data: {} };
    await append(cell, (end) => craftCommit(end, end.epoch, [enabled]));
    const claim = { node: 'node-1', instance: 'late', request: { resources: { CUSTOM_CPU_MILLI: 1 } } };
    const reply = await fleetbook.as('scheduler', 's').send('ClaimInstance', claim, { timeoutMs: 1_000 });
    expect(reply).toMatchObject({ outcome: 'error', error: { retry: 'same-id' } });
    await expectRefusal(tracker, 'FORMAT_TOO_NEW');
    await expectNoAnswers(cell, /NodeEnabled|version/);
    await Promise.all([expectRefusal(services.spawn('tracker', cell), 'FORMAT_TOO_NEW'), projector.stop()]);
    const again = services.spawn('projector', cell);
    await again.logged({ message: 'the fold has stopped', errCode: 'FORMAT_TOO_NEW' });
    expect(await again.status('/livez')).toBe(200);
    expect(await again.status('/readyz')).toBe(503);
    await again.stop();
  });

  it.concurrent('with a format that is not known yet is not touched', async () => {
    const cell = 'future';
    await append(cell, (end) => craftFounding(end, cell, 2), true);
    await expectRefusal(services.spawn('tracker', cell), 'FORMAT_TOO_NEW');
    const log = await services.openLog(cell);
    expect(await log.end()).toBe(1);
    await log.close();
  });

  it.concurrent('of another cell is refused by tracker and projector', async () => {
    const cell = 'mine';
    await append(cell, (end) => craftFounding(end, 'theirs', 1), true);
    const [tracker, projector] = [services.spawn('tracker', cell), services.spawn('projector', cell)];
    await expectRefusal(tracker, 'OTHER_HISTORY');
    await projector.logged({ message: 'the fold has stopped', errCode: 'OTHER_HISTORY' });
    await expectNoAnswers(cell, /theirs/);
    await projector.stop();
  });
});
