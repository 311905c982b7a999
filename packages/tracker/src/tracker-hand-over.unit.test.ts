import { handOverSubject } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker, type Sent, type World } from './testing/world.ts';

const HAND_OVER = handOverSubject('main');

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

function askHandOver(world: World): unknown[] {
  const replies: unknown[] = [];
  world.bus.request(
    HAND_OVER,
    new Uint8Array(),
    (reply) => void replies.push(JSON.parse(Buffer.from(reply).toString())),
  );
  return replies;
}

/** A writer, and a tracker that stands by and has folded the log. */
async function pair(): Promise<{ world: World; writer: RunningTracker; standby: RunningTracker }> {
  const world = createWorld();
  const writer = await world.startInOffice();
  const standby = await world.startTracker();
  await world.time.until(() => standby.tracker.status.number === writer.tracker.status.number);
  return { world, writer, standby };
}

const isInOffice = ({ tracker }: RunningTracker) => tracker.status.phase === 'in-office';

describe('a planned hand-over', () => {
  it('lets the other tracker take office without a time of silence', async () => {
    const { world, writer, standby } = await pair();
    const startedMs = world.time.clock.monotonicMs();
    const replies = askHandOver(world);
    await world.time.until(() => isInOffice(standby) && !isInOffice(writer));
    expect(world.time.clock.monotonicMs() - startedMs).toBeLessThan(100);
    expect(standby.tracker.status.epoch).toBe(2);
    const answer = { writer: 'writer-1', epoch: 1, successor: 'writer-2' };
    expect(replies).toMatchObject([{ outcome: 'answer', answer }]);
  });

  it('happens when the writer stops, and leaves no command without an answer', async () => {
    const { world, writer, standby } = await pair();
    const sent: Sent[] = [];
    writer.log.appendFaults.next('hold');
    sent.push(world.send(register(world, 'before')));
    await world.time.settle();
    const stopped = writer.tracker.stop();
    for (let count = 0; count < 20; count += 1) {
      sent.push(world.send(register(world, `meanwhile-${count}`)));
      await world.time.settle();
    }
    writer.log.appendFaults.release();
    await world.time.until(() => isInOffice(standby));
    sent.push(world.send(register(world, 'after')));
    await world.time.until(() => sent.every(({ replies }) => replies.length > 0));
    await stopped;
    expect(new Set(sent.flatMap(({ replies }) => replies.map(({ outcome }) => outcome)))).toEqual(
      new Set(['accepted']),
    );
    for (const { replies } of sent) {
      expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    }
    const ids = (await world.readEvents())
      .filter(({ type }) => type === 'NodeRegistered')
      .map((event) => event.commandId);
    expect(ids).toHaveLength(new Set(ids).size);
    expect(ids).toHaveLength(sent.length);
  });

  it('is answered to all who ask for it at once', async () => {
    const { world, standby } = await pair();
    const replies = [askHandOver(world), askHandOver(world), askHandOver(world)];
    await world.time.until(() => isInOffice(standby));
    await world.time.settle();
    const answer = { writer: 'writer-1', epoch: 1, successor: 'writer-2' };
    expect(replies).toMatchObject(replies.map(() => [{ outcome: 'answer', answer }]));
  });

  it('is refused where nobody stands by, and the writer goes on', async () => {
    const world = createWorld();
    const writer = await world.startInOffice();
    const replies = askHandOver(world);
    await world.time.until(() => replies.length > 0);
    expect(replies).toMatchObject([{ outcome: 'error', error: { code: 'UNAVAILABLE', retry: 'same-id' } }]);
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted' });
    expect(writer.tracker.status).toMatchObject({ phase: 'in-office', epoch: 1 });
  });

  it('goes there and back, as often as it is asked for', async () => {
    const { world, writer, standby } = await pair();
    for (let epoch = 2; epoch < 6; epoch += 1) {
      const [next, other] = epoch % 2 === 0 ? [standby, writer] : [writer, standby];
      askHandOver(world);
      await world.time.until(() => isInOffice(next) && next.tracker.status.epoch === epoch);
      await world.time.until(() => other.tracker.status.number === next.tracker.status.number);
    }
    expect(world.bus.openRequests).toBe(0);
  });

  it('goes to one of several that stand by, and the others let go of what they took in', async () => {
    const { world, writer, standby } = await pair();
    const third = await world.startTracker();
    await world.time.until(() => third.tracker.status.number === writer.tracker.status.number);
    writer.log.appendFaults.next('hold');
    const held = world.send(register(world, 'held'));
    await world.time.settle();
    askHandOver(world);
    await world.time.settle();
    const late = world.send(register(world, 'late'));
    writer.log.appendFaults.release();
    await world.time.until(() => held.replies.length > 0 && late.replies.length > 0);
    await world.time.pass(5_000);
    expect([writer, standby, third].filter(isInOffice)).toHaveLength(1);
    expect(isInOffice(writer)).toBe(false);
    expect(late.replies).toMatchObject([{ outcome: 'accepted' }]);
    expect(world.bus.openRequests).toBe(0);
  });

  it('that the writer does not live to see ends in an election as after any death', async () => {
    const { world, writer, standby } = await pair();
    writer.log.appendFaults.next('hold');
    world.send(register(world, 'held'));
    await world.time.settle();
    askHandOver(world);
    await world.time.settle();
    const late = world.send(register(world, 'late'));
    await writer.kill();
    await world.time.until(() => isInOffice(standby));
    expect(late.replies).toEqual([]);
    expect(await world.ask(register(world, 'late'))).toMatchObject({ outcome: 'accepted' });
  });

  it('costs nothing when the one that would follow dies first', async () => {
    const { world, writer, standby } = await pair();
    writer.log.appendFaults.next('hold');
    const held = world.send(register(world, 'held'));
    await world.time.settle();
    askHandOver(world);
    await world.time.settle();
    await standby.kill();
    writer.log.appendFaults.release();
    await world.time.until(() => held.replies.length > 0 && isInOffice(writer) && writer.tracker.status.epoch === 2);
    expect(await world.ask(register(world, 'after'))).toMatchObject({ outcome: 'accepted' });
  });
});
