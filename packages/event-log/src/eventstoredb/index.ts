export { type EventStoreLogOptions, openEventStoreLog } from './event-store-log.ts';
