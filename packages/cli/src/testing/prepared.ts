import { fileURLToPath } from 'node:url';

/** What the set-up of the tests has bundled of the programs, if anything: they start sooner. */
export const BUNDLED = process.env['FLEETBOOK_TEST_PROGRAMS'];

const SERVER = process.env['FLEETBOOK_TEST_NATS_SERVER'];

/**
 * The surroundings of a program that is run from the sources of a clone: where V8 keeps what it has compiled of them,
 * from one run of the tests to the next.
 */
export function sourceEnvironment(): NodeJS.ProcessEnv {
  const directory = fileURLToPath(new URL('../../../../node_modules/.cache/node-compile', import.meta.url));
  return { ...process.env, NODE_COMPILE_CACHE: directory };
}

/** Settings for what tests start: the server that the set-up has found sound, which each start would hash again. */
export function serverSettings(): Record<string, string> {
  return SERVER === undefined ? {} : { FLEETBOOK_NATS_SERVER: SERVER };
}
