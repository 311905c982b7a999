import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fleetbookHere } from '@fleetbook/cli/testing';
import { querySubject } from '@fleetbook/contracts';
import { ORIGIN } from '@fleetbook/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const stateOf = (service: 'tracker' | 'projector', cell: string): string =>
  join(services.directory, service, cell, '1');

const streamOf = (cell: string): string => `FLEETBOOK_${cell}_0001`;

interface PastCell {
  readonly texts: readonly string[];
  readonly historyId: string;
  /** Of the last event. */
  readonly number: number;
}

/** A cell that has worked, and is stopped in good order. */
async function pastCell(cell: string): Promise<PastCell> {
  const tracker = services.spawn('tracker', cell);
  await tracker.logged({ message: 'in office' });
  const projector = services.spawn('projector', cell);
  await addNodes(await services.connect(cell), ['node-1', 'node-2', 'node-3']);
  const { answer } = await services.ask(cell, 'writer', {});
  const { number, historyId } = answer;
  await services.ask(cell, 'digest', { atLeast: `${historyId}.${number}` });
  await Promise.all([tracker.stop(), projector.stop()]);
  const log = await services.openLog(cell);
  const texts: string[] = [];
  for await (const commits of log.read(ORIGIN)) {
    texts.push(...commits.map(({ text }) => text));
  }
  await log.close();
  return { texts, historyId, number };
}

/** As a restored store does it: the stream holds these commits and nothing else. */
async function replaceLog(cell: string, texts: readonly string[]): Promise<void> {
  const manager = await services.bus.connection.jetstreamManager();
  const { config } = await manager.streams.info(streamOf(cell));
  await manager.streams.delete(streamOf(cell));
  await manager.streams.add(config);
  for (const text of texts) {
    await services.bus.connection.jetstream().publish(`fleetbook.log.${cell}.0001`, text);
  }
}

async function evidenceOf(cell: string): Promise<readonly string[]> {
  const files = [
    join(stateOf('tracker', cell), 'high-water-mark.0'),
    join(stateOf('tracker', cell), 'high-water-mark.1'),
    join(stateOf('projector', cell), 'high-water-mark.0'),
    join(stateOf('projector', cell), 'high-water-mark.1'),
    join(stateOf('projector', cell), 'checkpoint.json'),
  ];
  return Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
}

async function expectTrackerStops(cell: string, errCode: string, reason: RegExp): Promise<void> {
  const tracker = services.spawn('tracker', cell);
  expect(await tracker.ended).toBe(EXIT_DATA);
  expect(tracker.lines).toContainEqual(
    expect.objectContaining({ message: 'service failed', errCode, reason: expect.stringMatching(reason) }),
  );
  expect(tracker.lines.some(({ message }) => message === 'in office')).toBe(false);
}

/** It lives, says what is missing, and answers no other question. */
async function expectProjectorRed(cell: string, errCode: string, reason: RegExp): Promise<void> {
  const projector: ServiceUnderTest = services.spawn('projector', cell);
  await projector.logged({ message: 'the fold has stopped', errCode });
  const { answer } = await until('red health', async () => {
    const health = await services.ask(cell, 'health', {});
    return health.answer.status === 'red' ? health : undefined;
  });
  expect(answer.checks).toContainEqual(
    expect.objectContaining({ name: 'fold', status: 'red', reason: expect.stringMatching(reason) }),
  );
  expect(await services.bus.request(querySubject(cell, 'nodes'), '{}', 2_000)).toEqual({ status: 'no-responders' });
  expect(await projector.status('/readyz')).toBe(503);
  await projector.stop();
}

async function expectStopped(cell: string, errCode: string, reason: RegExp): Promise<void> {
  const evidence = await evidenceOf(cell);
  await expectTrackerStops(cell, errCode, reason);
  await expectProjectorRed(cell, errCode, reason);
  expect(await evidenceOf(cell)).toEqual(evidence);
}

describe('a log that lost what was acknowledged', () => {
  it('to the last event is not followed by a second history', async () => {
    const cell = 'emptied';
    const { historyId, number } = await pastCell(cell);
    await replaceLog(cell, []);
    await expectStopped(cell, 'LOG_WENT_BACK', new RegExp(`events 1 to ${number} of history ${historyId} .* empty`));
    expect(await (await services.openLog(cell)).end()).toBe(0);
  });

  it('with its stream is not made again', async () => {
    const cell = 'gone';
    const { historyId, number } = await pastCell(cell);
    const manager = await services.bus.connection.jetstreamManager();
    await manager.streams.delete(streamOf(cell));
    const projector = services.spawn('projector', cell);
    await expectTrackerStops(cell, 'LOG_WENT_BACK', new RegExp(`events 1 to ${number} of history ${historyId}`));
    await projector.logged({ message: 'the log is gone', errCode: 'LOG_WENT_BACK' });
    expect(await projector.status('/readyz')).toBe(503);
    await projector.stop();
    await expect(manager.streams.info(streamOf(cell))).rejects.toThrow('stream not found');
  });

  it('is not founded anew by a tracker that knows nothing while a service elsewhere remembers it', async () => {
    const cell = 'remembered';
    const { historyId, number } = await pastCell(cell);
    const manager = await services.bus.connection.jetstreamManager();
    await manager.streams.delete(streamOf(cell));
    const projector = services.spawn('projector', cell);
    await projector.logged({ message: 'http server listens' });
    await until('a projector that says what it knows', async () => {
      const [reply] = await services.bus.requestAll(querySubject(cell, 'mark'), '{}', 100);
      return reply?.toString('utf8').includes(`"number":${number}`) === true ? true : undefined;
    });
    const tracker = services.spawn('tracker', cell, { FLEETBOOK_DATA: join(services.directory, 'elsewhere') });
    const line = await tracker.logged({ message: 'no office is taken', errCode: 'LOG_WENT_BACK' });
    expect(line['reason']).toContain(`knows event ${number} of history ${historyId}`);
    expect(await tracker.status('/readyz')).toBe(503);
    const { url, user, password } = services.server;
    const environment = { FLEETBOOK_NATS_USER: user, FLEETBOOK_NATS_PASSWORD: password };
    const said = await fleetbookHere(['status', '--cell', cell, '--server', url], services.directory, environment);
    expect(said).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/tracker +waiting .*takes no office: the log/),
    });
    await projector.logged({ message: 'the fold has stopped', errCode: 'LOG_WENT_BACK' });
    await Promise.all([tracker.stop(), projector.stop()]);
    expect(await (await services.openLog(cell)).end()).toBe(0);
  });

  it('is not founded anew by a tracker that knows nothing beside what a projector has kept', async () => {
    const cell = 'kept';
    const { historyId, number } = await pastCell(cell);
    await replaceLog(cell, []);
    await rm(stateOf('tracker', cell), { recursive: true });
    await expectTrackerStops(
      cell,
      'LOG_WENT_BACK',
      new RegExp(`events 1 to ${number} of history ${historyId} .* empty`),
    );
    expect(await (await services.openLog(cell)).end()).toBe(0);
  });

  it('to an older copy of the store decides and answers nothing', async () => {
    const cell = 'older';
    const { texts, historyId, number } = await pastCell(cell);
    await replaceLog(cell, texts.slice(0, -1));
    await expectStopped(cell, 'LOG_WENT_BACK', new RegExp(`events? .*${number} of history ${historyId} were durable`));
    await replaceLog(cell, texts);
    const tracker = services.spawn('tracker', cell);
    await tracker.logged({ message: 'in office' });
    await tracker.stop();
  });

  it('to another history stops, until an operator removes the state of the services', async () => {
    const [cell, other] = ['swapped', 'swapped-for'];
    const mine = await pastCell(cell);
    await replaceLog(cell, []);
    await rm(join(services.directory, 'tracker', cell), { recursive: true });
    const founder = services.spawn('tracker', cell, { FLEETBOOK_DATA: join(services.directory, other) });
    await founder.logged({ message: 'in office' });
    await founder.stop();
    await cp(stateOf('projector', cell), stateOf('tracker', cell), { recursive: true });
    await expectStopped(cell, 'OTHER_HISTORY', new RegExp(`history ${mine.historyId} was durable here; .*check that`));
    for (const service of ['tracker', 'projector'] as const) {
      await rm(stateOf(service, cell), { recursive: true });
    }
    const tracker = services.spawn('tracker', cell);
    const projector = services.spawn('projector', cell);
    await tracker.logged({ message: 'in office' });
    const { answer } = await services.ask(cell, 'writer', {});
    expect(answer.historyId).not.toBe(mine.historyId);
    await services.ask(cell, 'digest', { atLeast: `${answer.historyId}.${answer.number}` });
    await Promise.all([tracker.stop(), projector.stop()]);
  });

  it("is told from another cell's state", async () => {
    const [cell, other] = ['mine', 'theirs'];
    const theirs = await pastCell(other);
    await pastCell(cell);
    for (const service of ['tracker', 'projector'] as const) {
      await rm(stateOf(service, cell), { recursive: true });
      await cp(stateOf(service, other), stateOf(service, cell), { recursive: true });
    }
    const evidence = await evidenceOf(cell);
    await expectTrackerStops(cell, 'OTHER_HISTORY', new RegExp(`history ${theirs.historyId} was durable here`));
    await expectProjectorRed(cell, 'OTHER_HISTORY', /checkpoint.json is of cell theirs, not of mine/);
    expect(await evidenceOf(cell)).toEqual(evidence);
  });
});
