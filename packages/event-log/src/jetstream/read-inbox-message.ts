import { REPLY_HEADER } from '@fleetbook/contracts';
import type { InboxMessage } from '../inbox-port.ts';
import { LogUnavailableError } from '../port.ts';
import { fieldOf, numberOf } from './api.ts';

/** A stored message as the server's API gives it. Throws LogUnavailableError for what is none. */
export function readInboxMessage(message: unknown): InboxMessage {
  const sequence = numberOf(message, 'seq');
  const subject = fieldOf(message, 'subject');
  const storedAt = Date.parse(String(fieldOf(message, 'time')));
  if (sequence === undefined || typeof subject !== 'string' || Number.isNaN(storedAt)) {
    throw new LogUnavailableError('the answer is no message of a stream');
  }
  const payload = bytesOf(fieldOf(message, 'data'));
  return { sequence, subject, payload, storedAt, replyTo: headerOf(bytesOf(fieldOf(message, 'hdrs')), REPLY_HEADER) };
}

function bytesOf(base64: unknown): Buffer {
  return Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
}

/** Of the header block of a message: a line with the version, then `Name: value` lines. */
function headerOf(block: Buffer, name: string): string | undefined {
  const line = block
    .toString('utf8')
    .split('\r\n')
    .find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
