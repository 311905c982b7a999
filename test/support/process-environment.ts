import { fileURLToPath } from 'node:url';

const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url));

/** Nothing of the surroundings of the tests but the server binary they are told to use. */
export function processEnvironment(): Record<string, string> {
  const binary = process.env['FLEETBOOK_NATS_SERVER'];
  return {
    PATH: process.env['PATH'] ?? '',
    // Dozens of starts of the same two programs: each reads its compiled code instead of compiling it again.
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...(binary === undefined ? {} : { FLEETBOOK_NATS_SERVER: binary }),
  };
}
