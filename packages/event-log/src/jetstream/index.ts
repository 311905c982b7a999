export type { JetStreamLogOptions } from './context.ts';
export { type JetStreamInboxOptions, openJetStreamInbox } from './jetstream-inbox.ts';
export { openJetStreamLog } from './jetstream-log.ts';
export { JetStreamSetupError } from './setup-error.ts';
