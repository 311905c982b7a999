import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestServer } from '@fleetbook/messaging/testing';
import type { TorturedServices } from './services.ts';

const EXIT_DATA = 5;
const EVENTS = '"events":[';
const ENDS_MS = 60_000;

/**
 * Flips one bit in the middle of the log while nothing runs, and starts two trackers on it. Gives what is wrong: none
 * when both have found it out. One that stood by may know of less, and reads what the others have kept.
 */
export async function flipByte({ at, cell }: TorturedServices, server: TestServer): Promise<readonly string[]> {
  await server.kill();
  const files = await readdir(server.dataDirectory, { recursive: true });
  const [block] = files.filter((file) => file.includes(`FLEETBOOK_${cell}_0001`) && file.endsWith('.blk')).toSorted();
  if (block === undefined) {
    return ['the store of the log was not found'];
  }
  const path = join(server.dataDirectory, block);
  const bytes = await readFile(path);
  const next = bytes.indexOf(EVENTS, Math.floor(bytes.length / 2));
  const place = (next < 0 ? bytes.lastIndexOf(EVENTS) : next) + 2 * EVENTS.length;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path, bytes);
  await server.restart();
  const trackers = [at.spawn('tracker', cell), at.spawn('tracker', cell)];
  const never = delay(ENDS_MS, 'never', { ref: false });
  const ends = await Promise.all(trackers.map(({ ended }) => Promise.race([ended, never])));
  return ends
    .filter((end) => end !== EXIT_DATA)
    .map((end) => `a tracker on a log with a flipped bit ended with: ${end}`);
}
