import { PROGRAMS } from './programs.ts';

/** Nothing of the surroundings of the tests but the server binary they are told to use. */
export function processEnvironment(): Record<string, string> {
  const binary = process.env['FLEETBOOK_NATS_SERVER'];
  return {
    PATH: process.env['PATH'] ?? '',
    // Dozens of starts of the same two programs: each reads its compiled code instead of compiling it again.
    NODE_COMPILE_CACHE: PROGRAMS.compileCache,
    ...(binary === undefined ? {} : { FLEETBOOK_NATS_SERVER: binary }),
  };
}
