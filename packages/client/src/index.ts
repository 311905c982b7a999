export type {
  AskOptions,
  AtomicPart,
  BatchEntry,
  BatchFailure,
  CommandFields,
  EnqueueOptions,
  EnqueueReply,
  FleetbookClient,
  SendOptions,
} from './client.ts';
export { connectFleetbook, type Fleetbook, type FleetbookOptions } from './connect.ts';
