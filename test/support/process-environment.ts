import { PROGRAMS } from './programs.ts';

/** The nats-server that tests are told to use, or the one that their set-up has found sound. */
export const NATS_SERVER = process.env['FLEETBOOK_NATS_SERVER'] ?? process.env['FLEETBOOK_TEST_NATS_SERVER'];

/** Nothing of the surroundings of the tests but the server binary. */
export function processEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    // Dozens of starts of the same two programs: each reads its compiled code instead of compiling it again.
    NODE_COMPILE_CACHE: PROGRAMS.compileCache,
    ...(NATS_SERVER === undefined ? {} : { FLEETBOOK_NATS_SERVER: NATS_SERVER }),
  };
}
