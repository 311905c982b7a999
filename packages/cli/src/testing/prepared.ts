/** What the set-up of the tests has bundled of the programs, if anything: they start sooner. */
export const BUNDLED = process.env['FLEETBOOK_TEST_PROGRAMS'];

const SERVER = process.env['FLEETBOOK_TEST_NATS_SERVER'];

/** Settings for what tests start: the server that the set-up has found sound, which each start would hash again. */
export function serverSettings(): Record<string, string> {
  return SERVER === undefined ? {} : { FLEETBOOK_NATS_SERVER: SERVER };
}
