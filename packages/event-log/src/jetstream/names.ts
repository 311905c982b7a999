import { isCellName } from '@fleetbook/contracts';

/** The server ignores a header whose name differs in one letter's case: every name is spelt here and nowhere else. */
export const HEADER = {
  messageId: 'Nats-Msg-Id',
  expectedLastSequence: 'Nats-Expected-Last-Sequence',
  lastConsumerSequence: 'Nats-Last-Consumer',
  lastStreamSequence: 'Nats-Last-Stream',
  consumerStalled: 'Nats-Consumer-Stalled',
} as const;

/** `err_code` of JetStream API answers. */
export const API_ERROR = {
  wrongLastSequence: 10071,
  wrongLastSequenceOfSubject: 10164,
  duplicateInFlight: 10201,
  messageNotFound: 10037,
  streamNotFound: 10059,
} as const;

export interface LogNames {
  readonly stream: string;
  readonly subject: string;
}

/** Throws RangeError for a name that is none: it would become part of a subject. */
export function logNames(cell: string): LogNames {
  if (!isCellName(cell)) {
    throw new RangeError(`a cell's name has 1 to 32 of A-Z, a-z, 0-9, _ and -: ${JSON.stringify(cell)} is none`);
  }
  return { stream: `FLEETBOOK_${cell}_0001`, subject: `fleetbook.log.${cell}.0001` };
}
