import { writerSubject } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TRACKER_SETTINGS, type TrackerSettings } from './settings.ts';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker, type World } from './testing/world.ts';

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

/** A writer, and a tracker that stands by and has folded the log. */
async function pair(
  ofStandby: Partial<TrackerSettings> = {},
): Promise<{ world: World; writer: RunningTracker; standby: RunningTracker }> {
  const world = createWorld();
  const writer = await world.startInOffice();
  const standby = await world.startTracker({ settings: ofStandby });
  await world.time.until(() => standby.tracker.status.number === writer.tracker.status.number);
  return { world, writer, standby };
}

const isInOffice = ({ tracker }: RunningTracker) => tracker.status.phase === 'in-office';

describe('a writer that the log does not answer', () => {
  const heartbeats = (world: World) => world.bus.published.filter(({ subject }) => subject === writerSubject('main'));

  it('gives no sign of life, so that a tracker which reaches the log takes office', async () => {
    const { world, writer, standby } = await pair();
    writer.log.setCutOff(true);
    const lost = world.send(register(world, 'r-1'));
    await world.time.until(() => isInOffice(standby));
    expect(standby.tracker.status.epoch).toBe(2);
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted' });
    writer.log.setCutOff(false);
    await world.time.until(() => writer.tracker.status.phase === 'standing-by');
    expect(lost.replies).toEqual([]);
    expect((await world.readEvents()).filter(({ commandId }) => commandId === 'r-1')).toHaveLength(1);
  });

  it('gives none either when it has nothing to append', async () => {
    const { world, writer, standby } = await pair();
    writer.log.setCutOff(true);
    await world.time.until(() => isInOffice(standby));
  });

  it('is not replaced while the log answers nobody', async () => {
    // It is the first to see that the log is back.
    const { world, writer, standby } = await pair({ backoff: { firstMs: 10, limitMs: 20 } });
    writer.log.storeFaults.setAvailable(false);
    await world.time.pass(3_000);
    const silent = heartbeats(world).length;
    await world.time.pass(20_000);
    expect(heartbeats(world)).toHaveLength(silent);
    writer.log.storeFaults.setAvailable(true);
    await world.time.pass(5_000);
    expect([isInOffice(writer), isInOffice(standby)]).toEqual([true, false]);
    expect(writer.tracker.status.epoch).toBe(1);
  });

  it('is not replaced when the log answers and stores nothing: it would not store for others', async () => {
    const { world, writer, standby } = await pair();
    writer.log.appendFaults.next(...Array.from({ length: 40 }, () => 'unknown-before' as const));
    const sent = world.send(register(world, 'r-1'));
    await world.time.pass(10_000);
    expect([isInOffice(writer), isInOffice(standby)]).toEqual([true, false]);
    await world.time.until(() => sent.replies.length > 0);
    expect(writer.tracker.status.epoch).toBe(1);
  });
});

describe('a writer that dies with its hands full', () => {
  it.each([60, 75, 90, 105, 120])('is followed after one time of silence, also after %i commits', async (commits) => {
    const { world, writer, standby } = await pair();
    for (let count = 0; count < commits; count += 1) {
      await world.ask(register(world, `r-${count}`));
      world.time.advance(10);
    }
    await writer.kill();
    const diedMs = world.time.clock.monotonicMs();
    await world.time.until(() => isInOffice(standby));
    const silenceMs = DEFAULT_TRACKER_SETTINGS.silenceMs * 1.25;
    const mostMs = silenceMs + 1.2 * DEFAULT_TRACKER_SETTINGS.heartbeatMs;
    expect(world.time.clock.monotonicMs() - diedMs).toBeLessThan(mostMs);
  });
});
