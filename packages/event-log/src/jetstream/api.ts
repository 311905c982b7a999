import type { NatsConnection } from 'nats';
import { LogUnavailableError } from '../port.ts';

export type ApiAnswer =
  | { readonly ok: true; readonly reply: unknown }
  /** `errorCode` is the server's `err_code`, finer than its HTTP-like `code`. */
  | { readonly ok: false; readonly errorCode: number; readonly description: string };

const SERVICE_UNAVAILABLE = 503;

/** One JetStream API call. Throws LogUnavailableError when JetStream does not answer or is not ready. */
export async function callApi(
  connection: NatsConnection,
  call: string,
  body: object | undefined,
  timeoutMs: number,
): Promise<ApiAnswer> {
  const subject = `$JS.API.${call}`;
  const reply = parseReply(await send(connection, subject, body, timeoutMs));
  const error = fieldOf(reply, 'error');
  if (error === undefined) {
    return { ok: true, reply };
  }
  const description = String(fieldOf(error, 'description'));
  if (fieldOf(error, 'code') === SERVICE_UNAVAILABLE) {
    throw new LogUnavailableError(`${subject}: ${description}`);
  }
  return { ok: false, errorCode: numberOf(error, 'err_code') ?? 0, description };
}

/** The reply of a call that has no refusal to be expected. Throws LogUnavailableError for one. */
export function requireReply(answer: ApiAnswer): unknown {
  if (!answer.ok) {
    throw new LogUnavailableError(`JetStream refuses: ${answer.description} (${answer.errorCode})`);
  }
  return answer.reply;
}

async function send(
  connection: NatsConnection,
  subject: string,
  body: object | undefined,
  timeoutMs: number,
): Promise<Uint8Array> {
  try {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return (await connection.request(subject, payload, { timeout: timeoutMs })).data;
  } catch (cause) {
    const reason = isNobodyThere(cause) ? 'JetStream is off on the server, or not up yet' : messageOf(cause);
    throw new LogUnavailableError(`${subject} is not answered: ${reason}`, { cause });
  }
}

function isNobodyThere(cause: unknown): boolean {
  return fieldOf(cause, 'code') === String(SERVICE_UNAVAILABLE);
}

/** Throws LogUnavailableError for what is no JSON: whoever answered there, it was not JetStream. */
export function parseReply(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
  } catch (cause) {
    throw new LogUnavailableError('the answer is not one of JetStream', { cause });
  }
}

export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}

export function numberOf(value: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldOf(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
