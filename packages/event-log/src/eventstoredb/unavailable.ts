import { LogUnavailableError } from '../port.ts';

/** Rejects with LogUnavailableError if `work` takes longer. The work itself goes on. */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new LogUnavailableError(`${what} took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The client's word for what happened; its classes and messages are not reliable. */
export function errorType(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'type') : undefined;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
