import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import type { Bus, Reply } from '@fleetbook/messaging';
import type { Transport } from './transport.ts';

const notSent = (reason: 'disconnected' | 'closed' | 'too-large', bytes: number, limit: number): FleetbookError =>
  reason === 'too-large'
    ? fleetbookError('BODY_TOO_LARGE', { bytes, limit })
    : fleetbookError('UNAVAILABLE', { service: 'NATS', reason });

/** Reads what the connection says of a request. Only a reply, or nobody to send it to, leaves no doubt. */
const outcomeOf = (
  reply: Reply,
  request: { readonly subject: string; readonly bytes: number; readonly limit: number; readonly timeoutMs: number },
): Result<Uint8Array, FleetbookError> => {
  switch (reply.status) {
    case 'reply':
      return { ok: true, value: reply.payload };
    case 'no-responders':
      return { ok: false, error: fleetbookError('NO_RESPONDERS', { subject: request.subject }) };
    case 'not-sent':
      return { ok: false, error: notSent(reply.reason, request.bytes, request.limit) };
    case 'timeout':
    case 'connection-lost':
      return { ok: false, error: fleetbookError('TIMEOUT', { timeoutMs: Math.round(request.timeoutMs) }) };
  }
};

const isAwaitedNoMore = (): boolean => false;

/** One connection, used by any number of actors. */
export const busTransport = (bus: Bus): Transport => ({
  send: (subject, payload, timeoutMs, onReply, { headers, isAwaited = isAwaitedNoMore } = {}) => {
    const request = { subject, bytes: payload.byteLength, limit: bus.maximumPayloadBytes, timeoutMs };
    const options = headers === undefined ? { tellsDeadline: true, isAwaited } : { headers, isAwaited };
    bus.send(subject, payload, timeoutMs, (reply) => onReply(outcomeOf(reply, request)), options);
  },
});
