export type { JetStreamLogOptions } from './context.ts';
export { type JetStreamInboxOptions, openJetStreamInbox } from './jetstream-inbox.ts';
export { openJetStreamLog } from './jetstream-log.ts';
export { type ReadingOptions, serveReading } from './serve-reading.ts';
export { JetStreamSetupError } from './setup-error.ts';
