import { apply, canonicalRecords, emptyLedger } from '@fleetbook/domain';
import type { AppendFault } from '@fleetbook/event-log/memory';
import { describe, expect, it } from 'vitest';
import { AGENT, claimInstance, command, message, OTHER_AGENT, registerNode, SCHEDULER } from './testing/commands.ts';
import { accepted, messageOf, startMoving, WALKS, type WalkStep } from './testing/moving.ts';
import { createWorld, type World } from './testing/world.ts';

/** What is charged and held, and by whom; times and epochs differ from run to run. */
async function stateOf(world: World): Promise<readonly string[]> {
  const ledger = emptyLedger();
  for (const event of await world.readEvents()) {
    apply(ledger, event);
  }
  const records = [...canonicalRecords(ledger)].filter((record) => !record.startsWith('["cell"'));
  return records.map((record) => record.replaceAll(/\b17\d{11}\b/g, '0')).sort();
}

/** Takes every step; with a fault, each one is sent to a tracker that dies over it, and again to the next. */
async function walk(steps: readonly WalkStep[], fault?: AppendFault | 'answered'): Promise<World> {
  const world = createWorld();
  let running = await world.startInOffice();
  await startMoving(world);
  for (const [place, step] of steps.entries()) {
    const sent = messageOf(world, step, place);
    if (fault !== undefined && fault !== 'answered') {
      running.log.appendFaults.next(fault);
    }
    const first = world.send(sent);
    await world.time.settle();
    if (fault !== undefined) {
      await running.kill();
      running.log.appendFaults.release();
      running = await world.startInOffice();
    }
    const again = await accepted(world.ask(sent));
    expect(first.replies.filter((reply) => JSON.stringify(reply) !== JSON.stringify(again))).toEqual([]);
    expect(await world.ask(sent)).toEqual(again);
  }
  return world;
}

describe.each(Object.entries(WALKS))('move: %s', (_name, steps) => {
  it.each(['answered', 'unknown-before', 'unknown-after', 'hold', 'late'] as const)(
    'ends the same when the tracker dies at each step (%s)',
    async (fault) => {
      expect(await stateOf(await walk(steps, fault))).toEqual(await stateOf(await walk(steps)));
    },
  );
});

describe('reply to RegisterNode', () => {
  async function evacuate(count: number): Promise<World> {
    const world = createWorld();
    await world.startInOffice();
    await startMoving(world);
    const steps = WALKS['evacuation, completed, and the source comes back'] ?? [];
    for (const [place, step] of steps.slice(0, count).entries()) {
      await accepted(world.ask(messageOf(world, step, place)));
    }
    return world;
  }

  const comeBack = (world: World) =>
    world.ask(message('back', world.time.clock.now(), registerNode('node-1', 'boot-2')));

  it('names what an evacuation left behind', async () => {
    const world = await evacuate(5);
    const side = { instance: 'i-1', moveId: 'move-1', kind: 'evacuation', side: 'source' };
    const expected = { held: [], sides: [{ ...side, moveState: 'completed', state: 'left-behind' }] };
    expect(await comeBack(world)).toMatchObject({ outcome: 'accepted', result: expected });
    expect(await comeBack(world)).toMatchObject({ outcome: 'accepted', result: expected });
  });

  it('names no side for an evacuation that was given up before it switched', async () => {
    const world = await evacuate(3);
    const cancel = command({ type: 'CancelMove', instance: 'i-1', moveId: 'move-1' });
    await accepted(world.ask(message('cancel', world.time.clock.now(), cancel, SCHEDULER)));
    expect(await comeBack(world)).toMatchObject({
      result: { held: [{ instance: 'i-1', claimId: 'claim-1' }], sides: [] },
    });
  });

  it('names the open sides of its node, and the open move of what it holds', async () => {
    const world = await evacuate(3);
    const held = [{ instance: 'i-1', claimId: 'claim-1', moveId: 'move-1' }];
    expect(await comeBack(world)).toMatchObject({ result: { held, sides: [] } });
    const again = message('again', world.time.clock.now(), registerNode('node-2', 'boot-2'), OTHER_AGENT);
    const side = { instance: 'i-1', moveId: 'move-1', side: 'destination', moveState: 'running', state: 'held' };
    expect(await world.ask(again)).toMatchObject({ result: { held: [], sides: [side] } });
  });

  it('names an instance whose release was asked for', async () => {
    const world = await evacuate(0);
    const drop = command({ type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
    const operator = { role: 'operator', id: 'operator-1' } as const;
    expect(await world.ask(message('drop', world.time.clock.now(), drop, operator))).toMatchObject({
      outcome: 'accepted',
      result: { state: 'releasing' },
    });
    expect(await comeBack(world)).toMatchObject({
      result: { held: [{ instance: 'i-1', isReleasing: true, becomes: 'ended' }] },
    });
  });
});

describe('live feed', () => {
  it('tells each step of a move to source and destination, with one number', async () => {
    const world = createWorld();
    await world.startInOffice();
    await startMoving(world);
    const steps = WALKS['cold, confirmed'] ?? [];
    for (const [place, step] of steps.entries()) {
      await accepted(world.ask(messageOf(world, step, place)));
    }
    const events = (await world.readEvents()).slice(-steps.length);
    const feed = world.bus.published.filter(({ subject }) => subject.includes('.event.')).slice(-2 * steps.length);
    const expected = events.flatMap((event) =>
      ['node-1', 'node-2'].map((node) => ({
        subject: `fleetbook.v1.main.event.${node}.${event.type}`,
        text: JSON.stringify(event),
      })),
    );
    expect(sorted(feed)).toEqual(sorted(expected));
  });

  it('tells a refusal to the nodes that its command names', async () => {
    const world = createWorld();
    await world.startInOffice();
    await startMoving(world);
    const at = world.time.clock.now();
    const fields = { kind: 'cold', instance: 'i-9', source: 'node-1', claimId: 'c', destination: 'node-2' } as const;
    await world.ask(message('r-1', at, command({ type: 'ClaimMove', ...fields }), SCHEDULER));
    await world.ask(message('r-2', at, command({ type: 'CancelMove', instance: 'i-9', moveId: 'none' }), SCHEDULER));
    await world.ask(message('r-3', at, claimInstance('node-1', 'i-1', 9), AGENT));
    const refusals = world.bus.published.filter(({ subject }) => subject.endsWith('.CommandRejected'));
    expect(refusals.map(({ subject }) => subject.split('.').at(-2))).toEqual(['node-1', 'node-2', '_', 'node-1']);
  });
});

function sorted<Message extends { readonly subject: string }>(messages: readonly Message[]): readonly Message[] {
  return [...messages].sort((left, right) => (left.subject < right.subject ? -1 : 1));
}
