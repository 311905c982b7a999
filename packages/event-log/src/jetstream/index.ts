export { type JetStreamLogOptions, openJetStreamLog } from './jetstream-log.ts';
export { JetStreamSetupError } from './setup-error.ts';
