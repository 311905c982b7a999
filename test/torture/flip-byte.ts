import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from '@fleetbook/messaging/testing';
import type { TorturedServices } from './services.ts';

const EXIT_DATA = 5;

/**
 * Flips one bit in the middle of the log while nothing runs, and starts a tracker on it. Gives what is wrong: nothing
 * when the tracker has found it out.
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
  const place = bytes.indexOf('"events":[', Math.floor(bytes.length / 2)) + 20;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path, bytes);
  await server.restart();
  const tracker = at.spawn('tracker', cell);
  const end = await tracker.ended;
  return end === EXIT_DATA ? [] : [`a tracker on a log with a flipped bit ended with ${end}`];
}
