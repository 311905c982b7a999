import { type BatchReply, commandSubject, encodeCommandMessage } from '@fleetbook/contracts';
import type { BatchPart, Command, LedgerEvent } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { claimInstance, command, message, registerNode, reportInventory, SCHEDULER } from './testing/commands.ts';
import { accepted } from './testing/moving.ts';
import { createWorld, type World } from './testing/world.ts';

const isPart = (body: Command): body is BatchPart => body.type === 'ClaimMove' || body.type === 'ClaimInstance';

const batch = (world: World, commandId: string, bodies: readonly Command[]) =>
  message(
    commandId,
    world.time.clock.now(),
    command({ type: 'AtomicBatch', commands: bodies.filter(isPart) }),
    SCHEDULER,
  );

const moveOf = (instance: string, source: string, destination: string) =>
  command({
    type: 'ClaimMove',
    kind: 'cold',
    instance,
    source,
    claimId: `claim-${instance}`,
    destination,
    request: { resources: { VCPU: 2 } },
  });

/** Two nodes with 4 VCPU, of which `i-1` on the first and `i-2` on the second hold 2 each. */
async function start() {
  const world = createWorld();
  const started = await world.startInOffice();
  const at = world.time.clock.now();
  for (const node of ['node-1', 'node-2']) {
    await accepted(world.ask(message(`register-${node}`, at, registerNode(node))));
    await accepted(world.ask(message(`report-${node}`, at, reportInventory(node, 4))));
    const instance = node === 'node-1' ? 'i-1' : 'i-2';
    await accepted(world.ask(message(`claim-${instance}`, at, claimInstance(node, instance, 2))));
    const confirm = command({ type: 'ConfirmClaim', node, instance, claimId: `claim-${instance}` });
    await accepted(world.ask(message(`confirm-${instance}`, at, confirm)));
  }
  return { world, ...started };
}

const swap = [moveOf('i-1', 'node-1', 'node-2'), moveOf('i-2', 'node-2', 'node-1')];

async function decisionsOf(world: World, commandId: string): Promise<readonly LedgerEvent[]> {
  return (await world.readEvents()).filter((event) => event.commandId === commandId);
}

describe('atomic batch', () => {
  it('is one decision with one result for each of its commands', async () => {
    const { world } = await start();
    const reply = await world.ask(batch(world, 'swap', swap));
    expect(reply).toMatchObject({
      outcome: 'accepted',
      commandId: 'swap',
      result: {
        type: 'AtomicBatch',
        results: [
          { type: 'ClaimMove', instance: 'i-1', moveId: 'swap.0', state: 'claimed' },
          { type: 'ClaimMove', instance: 'i-2', moveId: 'swap.1', state: 'claimed' },
        ],
      },
    });
    expect(await decisionsOf(world, 'swap')).toMatchObject([{ type: 'AtomicBatchApplied', index: 0, count: 1 }]);
    const feed = world.bus.published.filter(({ subject }) => subject.endsWith('.AtomicBatchApplied'));
    expect(feed.map(({ subject }) => subject.split('.').at(-2)).sort()).toEqual(['node-1', 'node-2']);
  });

  it('is refused as a whole, and changes nothing', async () => {
    const { world } = await start();
    const bodies = [...swap, claimInstance('node-1', 'i-3', 1)];
    const refused = await world.ask(batch(world, 'b', bodies));
    expect(refused).toMatchObject({ outcome: 'refused', error: { code: 'NO_CAPACITY', details: { part: 2 } } });
    expect(await decisionsOf(world, 'b')).toMatchObject([{ type: 'CommandRejected' }]);
    expect(await world.ask(batch(world, 'swap', swap))).toMatchObject({ outcome: 'accepted' });
  });

  it('may also come with other batches on their subject', async () => {
    const { world } = await start();
    const sent = batch(world, 'swap', swap);
    const body = JSON.parse(Buffer.from(encodeCommandMessage(sent)).toString('utf8'));
    const subject = commandSubject('main', 'scheduler', SCHEDULER.id, 'Batch');
    const replies: BatchReply[] = [];
    world.bus.request(
      subject,
      Buffer.from(JSON.stringify({ atomic: true, ...body })),
      (reply) => void replies.push(JSON.parse(Buffer.from(reply).toString('utf8'))),
    );
    await world.time.until(() => replies.length > 0);
    expect(replies).toEqual([{ outcomes: [await world.ask(sent)] }]);
  });

  it.each(['unknown-before', 'unknown-after', 'late'] as const)(
    'is there whole and once when its append meets %s and the writer dies',
    async (fault) => {
      const { world, log, kill } = await start();
      const sent = batch(world, 'swap', swap);
      log.appendFaults.next(fault);
      world.send(sent);
      await world.time.settle();
      await kill();
      log.appendFaults.release();
      await world.startInOffice();
      const reply = await accepted(world.ask(sent));
      expect(await world.ask(sent)).toEqual(reply);
      expect(await decisionsOf(world, 'swap')).toHaveLength(1);
    },
  );
});

describe('repeat of an atomic batch', () => {
  it('gets the recorded reply, and so does each of its commands by its own id, also from the next writer', async () => {
    const { world, kill } = await start();
    const sent = batch(world, 'swap', swap);
    const first = message('swap.0', sent.issuedAt, moveOf('i-1', 'node-1', 'node-2'), SCHEDULER);
    const reply = await accepted(world.ask(sent));
    const { token, at, result } = reply;
    const [partResult] = result.type === 'AtomicBatch' ? result.results : [];
    const expected = { outcome: 'accepted', commandId: 'swap.0', token, at, result: partResult };
    expect([await world.ask(sent), await world.ask(first)]).toEqual([reply, expected]);
    await kill();
    await world.startInOffice();
    expect([await world.ask(sent), await world.ask(first)]).toEqual([reply, expected]);
  });

  it('shares the decision that is still on its way', async () => {
    const { world, log } = await start();
    const sent = batch(world, 'swap', swap);
    log.appendFaults.next('hold');
    const both = [
      world.send(sent),
      world.send(message('swap.1', sent.issuedAt, moveOf('i-2', 'node-2', 'node-1'), SCHEDULER)),
    ];
    await world.time.settle();
    expect(both.flatMap(({ replies }) => replies)).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => both.every(({ replies }) => replies.length === 1));
    expect(both[1]?.replies).toMatchObject([
      { outcome: 'accepted', commandId: 'swap.1', result: { moveId: 'swap.1' } },
    ]);
  });

  it('refuses a command that takes the id of one of its commands with another body', async () => {
    const { world } = await start();
    await accepted(world.ask(batch(world, 'swap', swap)));
    const other = message('swap.0', world.time.clock.now(), claimInstance('node-1', 'i-3'), SCHEDULER);
    expect(await world.ask(other)).toMatchObject({ outcome: 'error', error: { code: 'COMMAND_ID_REUSED' } });
  });

  it('refuses a batch one of whose commands would take the id of an earlier command', async () => {
    const { world } = await start();
    await accepted(world.ask(message('swap.1', world.time.clock.now(), claimInstance('node-1', 'i-3', 1), SCHEDULER)));
    expect(await world.ask(batch(world, 'swap', swap))).toMatchObject({ error: { code: 'COMMAND_ID_REUSED' } });
  });

  it('answers each of its commands with its refusal', async () => {
    const { world } = await start();
    const bodies = [claimInstance('node-1', 'i-3', 1), claimInstance('node-1', 'i-4', 9)];
    const sent = batch(world, 'b', bodies);
    expect(await world.ask(sent)).toMatchObject({ outcome: 'refused' });
    const part = message('b.0', sent.issuedAt, claimInstance('node-1', 'i-3', 1), SCHEDULER);
    expect(await world.ask(part)).toMatchObject({
      outcome: 'refused',
      commandId: 'b.0',
      error: { details: { part: 1 } },
    });
  });

  it('lets a command be judged by itself that changed nothing within it', async () => {
    const { world } = await start();
    const bodies = [claimInstance('node-1', 'i-1', 2), claimInstance('node-1', 'i-3', 1)];
    const sent = batch(world, 'b', bodies);
    expect(await world.ask(sent)).toMatchObject({
      outcome: 'accepted',
      result: { results: [null, { claimId: 'b.1' }] },
    });
    const part = message('b.0', sent.issuedAt, claimInstance('node-1', 'i-1', 2), SCHEDULER);
    expect(await world.ask(part)).toMatchObject({ outcome: 'unchanged', result: { claimId: 'claim-i-1' } });
  });
});

describe('batch', () => {
  it('is answered in one message that the server takes, however much its nodes hold', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    await accepted(world.ask(message('register', at, registerNode('node-1'))));
    await accepted(world.ask(message('report', at, reportInventory('node-1', 1_000))));
    for (let place = 0; place < 320; place += 64) {
      const ids = Array.from({ length: 64 }, (_, index) => `${'x'.repeat(60)}-${place + index}`);
      await world.askBatch(ids.map((id) => message(`claim-${id}`, at, claimInstance('node-1', id))));
    }
    const again = Array.from({ length: 64 }, (_, boot) =>
      message(`again-${boot}`, at, command({ type: 'RegisterNode', node: 'node-1', bootId: `again-${boot}` })),
    );
    const { outcomes } = await world.askBatch(again);
    expect(Buffer.byteLength(JSON.stringify({ outcomes }))).toBeLessThanOrEqual(1024 * 1024);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ outcome: 'accepted', result: { more: { sides: 0 } } });
    }
  });
});
