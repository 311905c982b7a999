/** The SDK over a connection, a clock and chance of the caller's own: for tests and simulations. */
export type { ClientSettings } from './ask.ts';
export { createClient } from './create-client.ts';
export type { Surroundings, Transport } from './transport.ts';
