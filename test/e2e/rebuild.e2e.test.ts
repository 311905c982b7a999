import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type QueryAnswers, querySubject, rebuildSubject } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCellUnderTest } from '../support/cell-under-test.ts';
import { addNodes } from '../support/fleet.ts';
import { startLoad } from '../support/load.ts';
import { startQuestions } from '../support/questions.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

async function projections(cell: string): Promise<readonly QueryAnswers['projection'][]> {
  const replies = await services.bus.requestAll(querySubject(cell, 'projection'), '{}', 100);
  return replies.map((reply) => JSON.parse(reply.toString('utf8')).answer);
}

/** As a release with an older fold would have left it: sound, and of another version. */
async function pretendOlderFold(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const body = text.slice(0, text.lastIndexOf('{"sha256"')).replace(/"foldVersion":\d+/, '"foldVersion":1');
  await writeFile(path, `${body}{"sha256":"${createHash('sha256').update(body).digest('hex')}"}\n`);
}

describe('a second projector', () => {
  it('takes over with the digest of the first: no question is refused or answered below its token', async () => {
    const cell = 'green';
    services.spawn('tracker', cell);
    const old = services.spawn('projector', cell);
    const fleetbook = await services.connect(cell);
    await addNodes(fleetbook, ['node-1', 'node-2']);
    await services.ask(cell, 'nodes', {});
    const load = startLoad(fleetbook, ['node-1', 'node-2'], 4);
    const questions = startQuestions({ bus: services.bus, cell, seen: () => load.token });
    const young = services.spawn('projector', cell, { FLEETBOOK_PROJECTION_START: 'log' });
    await young.logged({ message: 'may answer', reason: 'the digest is that of a replica that answers' });
    await until('it is ready', async () => ((await young.status('/readyz')) === 200 ? true : undefined));
    await old.stop();
    expect(await old.ended).toBe(0);
    await questions.more(100);
    await load.finish();
    expect(await questions.finish()).toEqual([]);
    const { replay } = await services.readLog(cell);
    const { token } = await services.ask(cell, 'writer', {});
    const { answer } = await services.ask(cell, 'digest', { atLeast: token });
    expect(answer.digest).toBe(replay);
    const left = await until('a projector that tells of itself', async () => {
      const told = await projections(cell);
      return told.length === 0 ? undefined : told;
    });
    expect(left).toMatchObject([{ pid: young.pid, isServing: true, digest: replay }]);
  });

  it('uses no checkpoint of another fold, and folds the whole log', async () => {
    const cell = 'upgraded';
    services.spawn('tracker', cell);
    const old = services.spawn('projector', cell);
    await addNodes(await services.connect(cell), ['node-1']);
    const { token } = await services.ask(cell, 'writer', {});
    await services.ask(cell, 'nodes', { atLeast: token });
    await old.stop();
    await pretendOlderFold(join(services.directory, 'projector', cell, '1', 'checkpoint.json'));
    const young = services.spawn('projector', cell);
    await young.logged({ reason: 'other-version' });
    expect((await services.ask(cell, 'nodes', { atLeast: token })).answer.nodes).toHaveLength(1);
  });
});

describe('a rebuild of a projector that nobody supervises', () => {
  it('leaves it to whoever started it, and says so', async () => {
    const cell = 'alone';
    services.spawn('tracker', cell);
    const projector = services.spawn('projector', cell);
    await services.ask(cell, 'nodes', {});
    const answers = await until('an answer to the wish', async () => {
      const replies = await services.bus.requestAll(rebuildSubject(cell), '{}', 500);
      return replies.length === 0 ? undefined : replies;
    });
    const replica = await until('a projector that tells of itself', async () => (await projections(cell))[0]);
    expect(replica).toMatchObject({ pid: projector.pid, isServing: true });
    expect(answers.map((answer) => JSON.parse(String(answer)))).toEqual([{ id: replica.id, isReplaced: false }]);
  });
});

describe('a rebuild of the projector that up runs', () => {
  it('starts another beside it, which takes over under load, and no question is refused', async () => {
    const cell = await startCellUnderTest();
    const { running, fleetbook, bus, name } = cell;
    try {
      await addNodes(fleetbook, ['node-1', 'node-2']);
      const operator = fleetbook.as('operator', 'e2e');
      // Before it has folded the first event a projector has no answer to anything.
      expect(await operator.ask('nodes', { atLeast: await cell.now() })).toMatchObject({ outcome: 'answer' });
      const load = startLoad(fleetbook, ['node-1', 'node-2'], 4);
      const questions = startQuestions({ bus, cell: name, seen: () => load.token });
      await questions.more(50);
      const old = running.projector.pid;
      const answer = await bus.request(rebuildSubject(name), '{}', 30_000);
      expect(answer.status === 'reply' && JSON.parse(String(answer.payload))).toMatchObject({ isReplaced: true });
      await until('another process', () => (running.projector.pid === old ? undefined : true));
      await until('the end of the old one', () => (isAlive(old) ? undefined : true));
      await questions.more(50);
      await load.finish();
      expect(await questions.finish()).toEqual([]);
      const { projector, replay } = await cell.digests();
      expect(projector).toBe(replay);
      expect(await cell.logOf('projector')).toContain('the digest is that of a replica that answers');
      const anew = await running.projector.whenReady();
      running.projector.kill('SIGKILL');
      expect(await running.projector.whenReady()).not.toBe(anew);
    } finally {
      await cell.stop();
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
