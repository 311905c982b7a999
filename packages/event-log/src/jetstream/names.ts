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
