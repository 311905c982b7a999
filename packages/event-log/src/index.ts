export type * from './port.ts';
export { GENESIS_HASH, LogDamageError, LogUnavailableError, ORIGIN } from './port.ts';
