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
 * when one of them has found it out. That is the one that was in office: another that stood by may know of less.
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
  const ended = [at.spawn('tracker', cell), at.spawn('tracker', cell)].map((tracker) => tracker.ended);
  const end = await Promise.race([...ended, delay(ENDS_MS, 'never', { ref: false })]);
  return end === EXIT_DATA ? [] : [`of two trackers on a log with a flipped bit the first ended with: ${end}`];
}
