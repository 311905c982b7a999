import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fleetbookHere } from '@fleetbook/cli/testing';
import { querySubject } from '@fleetbook/contracts';
import { ORIGIN } from '@fleetbook/event-log';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addNodes } from '../support/fleet.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const EXIT_DATA = 5;

const CELL = 'mine';
const SERVICES = ['tracker', 'projector'] as const;

let services: ServicesOnServer;
/** The cell as its services left it. */
let past: PastCell;

beforeAll(async () => {
  services = await startServicesOnServer();
  past = await pastCell(CELL);
  for (const service of SERVICES) {
    await cp(stateOf(service, CELL), keptStateOf(service), { recursive: true });
  }
});

afterAll(() => services?.stop());

beforeEach(async () => {
  await replaceLog(past.texts);
  for (const service of SERVICES) {
    await rm(stateOf(service, CELL), { recursive: true, force: true });
    await cp(keptStateOf(service), stateOf(service, CELL), { recursive: true });
  }
});

const stateOf = (service: 'tracker' | 'projector', cell: string): string =>
  join(services.directory, service, cell, '1');

const keptStateOf = (service: string): string => join(services.directory, 'as-it-was', service);

const streamOf = (cell: string): string => `FLEETBOOK_${cell}_0001`;

interface PastCell {
  readonly texts: readonly string[];
  readonly historyId: string;
  /** Of the last event. */
  readonly number: number;
  /** Makes its stream, empty. */
  makeStream(): Promise<unknown>;
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
  const manager = await services.bus.connection.jetstreamManager();
  const { config } = await manager.streams.info(streamOf(cell));
  return { texts, historyId, number, makeStream: () => manager.streams.add(config) };
}

/** As a restored store does it: the stream holds these commits and nothing else. */
async function replaceLog(texts: readonly string[]): Promise<void> {
  await loseStream();
  await past.makeStream();
  for (const text of texts) {
    await services.bus.connection.jetstream().publish(`fleetbook.log.${CELL}.0001`, text);
  }
}

/** There may be none. */
async function loseStream(): Promise<void> {
  const manager = await services.bus.connection.jetstreamManager();
  await manager.streams.delete(streamOf(CELL)).catch(() => false);
}

async function evidenceOf(): Promise<readonly string[]> {
  const files = [
    join(stateOf('tracker', CELL), 'high-water-mark.0'),
    join(stateOf('tracker', CELL), 'high-water-mark.1'),
    join(stateOf('projector', CELL), 'high-water-mark.0'),
    join(stateOf('projector', CELL), 'high-water-mark.1'),
    join(stateOf('projector', CELL), 'checkpoint.json'),
  ];
  return Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
}

async function expectTrackerStops(errCode: string, reason: RegExp): Promise<void> {
  const tracker = services.spawn('tracker', CELL);
  expect(await tracker.ended).toBe(EXIT_DATA);
  expect(tracker.lines).toContainEqual(
    expect.objectContaining({ message: 'service failed', errCode, reason: expect.stringMatching(reason) }),
  );
  expect(tracker.lines.some(({ message }) => message === 'in office')).toBe(false);
}

/** It lives, says what is missing, and answers no other question. */
async function expectProjectorRed(errCode: string, reason: RegExp): Promise<void> {
  const projector: ServiceUnderTest = services.spawn('projector', CELL);
  await projector.logged({ message: 'the fold has stopped', errCode });
  const { answer } = await until('red health', async () => {
    const health = await services.ask(CELL, 'health', {});
    return health.answer.status === 'red' ? health : undefined;
  });
  expect(answer.checks).toContainEqual(
    expect.objectContaining({ name: 'fold', status: 'red', reason: expect.stringMatching(reason) }),
  );
  expect(await services.bus.request(querySubject(CELL, 'nodes'), '{}', 2_000)).toEqual({ status: 'no-responders' });
  expect(await projector.status('/readyz')).toBe(503);
  await projector.stop();
}

async function expectStopped(errCode: string, reason: RegExp): Promise<void> {
  const evidence = await evidenceOf();
  await expectTrackerStops(errCode, reason);
  await expectProjectorRed(errCode, reason);
  expect(await evidenceOf()).toEqual(evidence);
}

describe('a log that lost what was acknowledged', () => {
  it('to the last event is not followed by a second history', async () => {
    const { historyId, number } = past;
    await replaceLog([]);
    await expectStopped('LOG_WENT_BACK', new RegExp(`events 1 to ${number} of history ${historyId} .* empty`));
    expect(await (await services.openLog(CELL)).end()).toBe(0);
  });

  it('with its stream is not made again', async () => {
    const { historyId, number } = past;
    await loseStream();
    const projector = services.spawn('projector', CELL);
    await expectTrackerStops('LOG_WENT_BACK', new RegExp(`events 1 to ${number} of history ${historyId}`));
    await projector.logged({ message: 'the log is gone', errCode: 'LOG_WENT_BACK' });
    expect(await projector.status('/readyz')).toBe(503);
    await projector.stop();
    const manager = await services.bus.connection.jetstreamManager();
    await expect(manager.streams.info(streamOf(CELL))).rejects.toThrow('stream not found');
  });

  it('is not founded anew by a tracker that knows nothing while a service elsewhere remembers it', async () => {
    const { historyId, number } = past;
    await loseStream();
    const projector = services.spawn('projector', CELL);
    await projector.logged({ message: 'http server listens' });
    await until('a projector that says what it knows', async () => {
      const [reply] = await services.bus.requestAll(querySubject(CELL, 'mark'), '{}', 100);
      return reply?.toString('utf8').includes(`"number":${number}`) === true ? true : undefined;
    });
    const tracker = services.spawn('tracker', CELL, { FLEETBOOK_DATA: join(services.directory, 'elsewhere') });
    const line = await tracker.logged({ message: 'no office is taken', errCode: 'LOG_WENT_BACK' });
    expect(line['reason']).toContain(`knows event ${number} of history ${historyId}`);
    expect(await tracker.status('/readyz')).toBe(503);
    const { url, user, password } = services.server;
    const environment = { FLEETBOOK_NATS_USER: user, FLEETBOOK_NATS_PASSWORD: password };
    const status = ['status', '--cell', CELL, '--server', url];
    await expect
      .poll(() => fleetbookHere(status, services.directory, environment))
      .toMatchObject({ code: 1, stdout: expect.stringMatching(/tracker +waiting .*takes no office: the log/) });
    await projector.logged({ message: 'the fold has stopped', errCode: 'LOG_WENT_BACK' });
    await Promise.all([tracker.stop(), projector.stop()]);
    expect(await (await services.openLog(CELL)).end()).toBe(0);
  });

  it('is not founded anew by a tracker that knows nothing beside what a projector has kept', async () => {
    const { historyId, number } = past;
    await replaceLog([]);
    await rm(stateOf('tracker', CELL), { recursive: true });
    await expectTrackerStops('LOG_WENT_BACK', new RegExp(`events 1 to ${number} of history ${historyId} .* empty`));
    expect(await (await services.openLog(CELL)).end()).toBe(0);
  });

  it('to an older copy of the store decides and answers nothing', async () => {
    const { texts, historyId, number } = past;
    await replaceLog(texts.slice(0, -1));
    await expectStopped('LOG_WENT_BACK', new RegExp(`events? .*${number} of history ${historyId} (was|were) durable`));
    await replaceLog(texts);
    const tracker = services.spawn('tracker', CELL);
    await tracker.logged({ message: 'in office' });
    await tracker.stop();
  });

  it('to another history stops, until an operator removes the state of the services', async () => {
    await replaceLog([]);
    await rm(stateOf('tracker', CELL), { recursive: true });
    const founder = services.spawn('tracker', CELL, { FLEETBOOK_DATA: join(services.directory, 'founder') });
    await founder.logged({ message: 'in office' });
    await founder.stop();
    await cp(stateOf('projector', CELL), stateOf('tracker', CELL), { recursive: true });
    await expectStopped('OTHER_HISTORY', new RegExp(`history ${past.historyId} was durable here; .*check that`));
    for (const service of SERVICES) {
      await rm(stateOf(service, CELL), { recursive: true });
    }
    const tracker = services.spawn('tracker', CELL);
    const projector = services.spawn('projector', CELL);
    await tracker.logged({ message: 'in office' });
    const { answer } = await services.ask(CELL, 'writer', {});
    expect(answer.historyId).not.toBe(past.historyId);
    await services.ask(CELL, 'digest', { atLeast: `${answer.historyId}.${answer.number}` });
    await Promise.all([tracker.stop(), projector.stop()]);
  });

  it("is told from another cell's state", async () => {
    const other = 'theirs';
    const theirs = await pastCell(other);
    for (const service of SERVICES) {
      await rm(stateOf(service, CELL), { recursive: true });
      await cp(stateOf(service, other), stateOf(service, CELL), { recursive: true });
    }
    const evidence = await evidenceOf();
    await expectTrackerStops('OTHER_HISTORY', new RegExp(`history ${theirs.historyId} was durable here`));
    await expectProjectorRed('OTHER_HISTORY', /checkpoint.json is of cell theirs, not of mine/);
    expect(await evidenceOf()).toEqual(evidence);
  });
});
