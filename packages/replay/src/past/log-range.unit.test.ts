import type { EventLog } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { filePartsOf, systemClock, systemTimers } from '@fleetbook/operations';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { foundHistory } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { exportBundle } from '../incident/export-bundle.ts';
import { stepsOf } from '../testing/refusal-steps.ts';
import { openRange } from './log-range.ts';

const CLAIMS = 40;
const SEGMENT_EVENTS = 8;

interface ReadLog extends EventLog {
  /** The last event that was read, and how many commits were. */
  readonly seen: { last: number; commits: number };
}

/** Hands out one commit after the other, and says how many. */
function watched(log: EventLog): ReadLog {
  const seen = { last: 0, commits: 0 };
  return {
    ...log,
    seen,
    async *read(after) {
      for await (const batch of log.read(after)) {
        for (const commit of batch) {
          seen.last = Math.max(seen.last, commit.bookmark.number);
          seen.commits += 1;
          yield [commit];
        }
      }
    },
  };
}

async function longLog() {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  const steps = stepsOf(writer);
  for (let place = 0; place < CLAIMS; place += 1) {
    steps.claim(`i${place}`, { resources: { VCPU: 1 } });
  }
  await writer.flush();
  return { log: watched(log), writer };
}

function surroundings(log: EventLog, disk: MemoryDisk = memoryDisk()) {
  const index = { disk, parts: filePartsOf(disk), directory: '/replay', segmentEvents: SEGMENT_EVENTS };
  return { ...index, cell: 'main', log, clock: systemClock, timers: systemTimers };
}

describe('a range of a log', () => {
  it('is found without reading what comes after it, by numbers, times and commands', async () => {
    const { log, writer } = await longLog();
    const at = writer.events.find(({ number }) => number === 12)?.at ?? 0;
    const ends = [
      ['12', 12],
      [new Date(at).toISOString(), 13],
      [`after:command:${writer.events.find(({ number }) => number === 12)?.commandId}`, 12],
    ] as const;
    for (const [to, last] of ends) {
      log.seen.last = 0;
      const range = await openRange({ ...surroundings(log), from: '9', to });
      expect(range).toMatchObject({ ok: true, value: { to: 12, after: { number: 8 } } });
      expect(log.seen.last).toBe(last);
    }
  });

  it('goes into a file without reading what comes after it', async () => {
    const { log } = await longLog();
    const bundle = await exportBundle({ ...surroundings(log), from: '9', to: '12' });
    expect(bundle).toMatchObject({
      ok: true,
      value: { from: 9, to: 12, before: { number: 8, proof: 'log' } },
    });
    expect(log.seen.last).toBe(12);
  });

  it('is read from the index where one stands there', async () => {
    const { log } = await longLog();
    const disk = memoryDisk();
    await openRange({ ...surroundings(log, disk), from: '1', to: '36' });
    log.seen.commits = 0;
    const range = await openRange({ ...surroundings(log, disk), from: '18', to: '20' });
    expect(range).toMatchObject({ ok: true, value: { start: { proof: { proof: 'snapshot', savedAt: 16 } } } });
    // That the log still holds the commits that the index was made of.
    expect(log.seen.commits).toBe(2);
  });

  it('is refused with its ends in the wrong order before anything is read', async () => {
    const { log } = await longLog();
    for (const [from, to] of [
      ['9', '8'],
      ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ] as const) {
      const refused = { ok: false, error: { code: 'INVALID_FIELD', details: { path: 'to' } } };
      expect(await openRange({ ...surroundings(log), from, to })).toMatchObject(refused);
      expect(await exportBundle({ ...surroundings(log), from, to })).toMatchObject(refused);
    }
    expect(log.seen.commits).toBe(0);
  });

  it('is refused where an end is no instant, with what to write instead, before anything is read', async () => {
    const { log } = await longLog();
    const rule = expect.stringContaining('"15min" is none');
    expect(await openRange({ ...surroundings(log), from: '15min', to: '9' })).toMatchObject({
      error: { code: 'INVALID_FIELD', details: { path: 'from', rule } },
    });
    expect(await exportBundle({ ...surroundings(log), from: '1', to: '15min' })).toMatchObject({
      error: { code: 'INVALID_FIELD', details: { path: 'to', rule } },
    });
    expect(log.seen.commits).toBe(0);
  });

  it('is refused where nothing was yet, with all that the log holds', async () => {
    const { log, writer } = await longLog();
    const last = writer.events.at(-1)?.number;
    expect(await openRange({ ...surroundings(log), from: '0', to: '2' })).toMatchObject({
      error: { code: 'NO_SUCH_INSTANT', details: { asOf: '0', first: 1, last } },
    });
    expect(await openRange({ ...surroundings(log), to: '0' })).toMatchObject({
      error: { code: 'NO_SUCH_INSTANT', details: { asOf: '0' } },
    });
  });

  it('is the same without the index, where what stands there is damaged', async () => {
    const { log } = await longLog();
    const disk = memoryDisk();
    await openRange({ ...surroundings(log, disk), from: '1', to: '36' });
    const listed = await disk.list('/replay');
    for (const name of listed.ok ? listed.value.filter((each) => each.endsWith('.data')) : []) {
      await disk.writeAtomically(`/replay/${name}`, Buffer.from('nothing of what was there'), { mode: 0o600 });
    }
    const range = await openRange({ ...surroundings(log, disk), from: '18', to: '20' });
    expect(range).toMatchObject({ ok: true, value: { to: 20, start: { view: { bookmark: { number: 17 } } } } });
  });
});
