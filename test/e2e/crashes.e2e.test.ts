import { access, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest, tryStartCell } from '../support/cell-under-test.ts';
import { addNodes, agentOf, mustBeAccepted, ONE_GPU } from '../support/fleet.ts';
import { type Load, type SentClaim, startLoad } from '../support/load.ts';
import { until } from '../support/until.ts';

const NODES = ['host-1', 'host-2', 'host-3'];
const BEFORE = 200;
const AFTER = 100;

let cell: CellUnderTest;

beforeAll(async () => {
  cell = await startCellUnderTest({ environment: { FLEETBOOK_CHECKPOINT_INTERVAL_MS: '200' } });
  await addNodes(cell.fleetbook, NODES);
});

afterAll(() => cell?.stop());

/** Lets claims flow, does something to a service, waits until claims flow again, and stops. */
async function claimThrough(kill: () => void): Promise<readonly SentClaim[]> {
  const load = startLoad(cell.fleetbook, NODES);
  await untilAnswered(load, BEFORE);
  kill();
  await untilAnswered(load, load.answered + AFTER);
  return load.finish();
}

function untilAnswered(load: Load, count: number): Promise<boolean> {
  return until(`${count} answers`, () => (load.answered >= count ? true : undefined));
}

/** Every claim was accepted, stands in the log once, and is charged; everybody agrees on the state. */
async function expectNothingLost(sent: readonly SentClaim[]): Promise<void> {
  expect(new Set(sent.map(({ reply }) => reply.outcome))).toEqual(new Set(['accepted']));
  const { decisions, violations } = await cell.readLog();
  expect(sent.filter(({ commandId }) => decisions.get(commandId) !== 1)).toEqual([]);
  expect(violations).toEqual([]);
  const digests = await cell.digests();
  const { replay } = digests;
  expect(digests).toMatchObject({ projector: replay, tracker: replay, reference: replay });
}

describe('SIGKILL under load', () => {
  it('of the tracker loses nothing, and a repeat gets the outcome that was recorded', async () => {
    const old = cell.running.tracker.pid;
    const { epoch } = await cell.writer();
    const sent = await claimThrough(() => cell.running.tracker.kill('SIGKILL'));
    expect(await cell.running.tracker.whenReady()).not.toBe(old);
    expect((await cell.writer()).epoch).toBeGreaterThan(epoch);
    await expectNothingLost(sent);
    const { end } = await cell.readLog();
    for (const { scheduler, commandId, issuedAt, fields, reply } of sent.filter((_, index) => index % 20 === 0)) {
      const client = cell.fleetbook.as('scheduler', scheduler);
      expect(await client.send('ClaimInstance', fields, { commandId, issuedAt })).toEqual(reply);
      const outcome = await client.ask('outcome', { commandId, role: 'scheduler', actor: scheduler });
      expect(outcome).toMatchObject({ answer: { status: 'recorded', reply } });
    }
    expect((await cell.readLog()).end).toEqual(end);
  });

  it('of the projector loses nothing, and it goes on from its checkpoint', async () => {
    const old = cell.running.projector.pid;
    const sent = await claimThrough(() => cell.running.projector.kill('SIGKILL'));
    expect(await cell.running.projector.whenReady()).not.toBe(old);
    await expectNothingLost(sent);
    expect(await cell.logOf('projector')).toContain('"checkpoint opened"');
  });

  it('of nats-server loses nothing that was acknowledged, and everybody comes back', async () => {
    const pids = [cell.running.tracker.pid, cell.running.projector.pid];
    const old = cell.running.nats?.server.pid ?? 0;
    const sent = await claimThrough(() => process.kill(old, 'SIGKILL'));
    expect(cell.running.nats?.server.pid).not.toBe(old);
    await expectNothingLost(sent);
    expect([cell.running.tracker.pid, cell.running.projector.pid]).toEqual(pids);
  });

  it('of all three at once loses nothing', async () => {
    const sent = await claimThrough(() => {
      cell.running.tracker.kill('SIGKILL');
      cell.running.projector.kill('SIGKILL');
      process.kill(cell.running.nats?.server.pid ?? 0, 'SIGKILL');
    });
    await expectNothingLost(sent);
  });
});

describe('the data directory', () => {
  it('in use is refused, with the process that has it, and no harm is done', async () => {
    const started = await tryStartCell({ directory: cell.directory });
    const details = { directory: cell.directory, pid: process.pid };
    expect(started).toMatchObject({ error: { code: 'DATA_IN_USE', details } });
    await expectWorking('after-refusal');
  });

  it('whose disk is full costs the checkpoint, not the answers', async (context) => {
    if (!(await exists('/dev/full'))) {
      context.skip('this system has no /dev/full to write to');
    }
    const draft = join(cell.directory, 'projector', cell.name, '1', 'checkpoint.json.unfinished');
    const health = cell.fleetbook.as('operator', 'e2e');
    await until('a save that failed', async () => {
      await fillDisk(draft);
      await expectWorking(`on-a-full-disk-${performance.now()}`);
      return (await cell.logOf('projector')).includes('NO_SPACE') ? true : undefined;
    });
    expect(await cell.logOf('projector')).toContain('"checkpoint not saved"');
    await expectWorking('after-a-failed-save');
    await rm(draft, { force: true });
    await until('green health', async () => {
      await expectWorking(`with-space-again-${performance.now()}`);
      const reply = await health.ask('health', {});
      return reply.outcome === 'answer' && reply.answer.status === 'green' ? true : undefined;
    });
  });

  it('stays usable when nats-server takes no port that is in use', async () => {
    const directory = join(cell.directory, 'second');
    const port = Number(new URL(cell.running.endpoint.natsUrl).port);
    expect(await tryStartCell({ directory, port })).toMatchObject({
      error: { code: 'PORT_IN_USE', details: { port } },
    });
    const started = await tryStartCell({ directory });
    expect(started).toHaveProperty('cell');
    if ('cell' in started) {
      await started.cell.stop();
    }
  });
});

/** Not for good: a save that is under way gives what is at that path another name. */
async function fillDisk(path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink('/dev/full', path).catch(() => undefined);
}

async function expectWorking(instance: string): Promise<void> {
  const agent = agentOf(cell.fleetbook, 'host-1');
  const request = { resources: { CUSTOM_CPU_MILLI: 1 } };
  const { commandId } = mustBeAccepted(await agent.send('ClaimInstance', { node: 'host-1', instance, request }));
  const reply = await agent.ask('instance', { instance });
  expect(reply).toMatchObject({ outcome: 'answer', answer: { claim: { claimId: commandId } } });
  expect((await agent.ask('candidates', { request: ONE_GPU })).outcome).toBe('answer');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
