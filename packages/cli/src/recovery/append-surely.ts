import { setTimeout as delay } from 'node:timers/promises';
import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type EncodedCommit, type EventLog, LogRefusedError, type Position } from '@fleetbook/event-log';
import type { Failure } from '../call.ts';

const ATTEMPTS = 25;
const RETRY_MS = 200;

/**
 * Appends a commit, again and again while its outcome is unknown. Errors: UNAVAILABLE when it stays unknown or the log
 * refuses it, WRITER_IN_OFFICE when somebody else appended first.
 */
export async function appendSurely(
  log: EventLog,
  expected: Position,
  commit: EncodedCommit,
  retryMs = RETRY_MS,
): Promise<Result<Position, Failure>> {
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const result = await log.append(expected, commit).catch(refusal);
    switch (result.status) {
      case 'appended':
        return succeed(result.position);
      case 'conflict':
        return fail(
          fleetbookError('WRITER_IN_OFFICE', { writer: 'another', reason: 'it appended to the log meanwhile' }),
        );
      case 'went-back':
        return fail(unavailable(`it ends at position ${result.end} of a sudden`));
      case 'refused':
        return fail(unavailable(result.cause.message));
      case 'unknown':
        reason = result.cause.message;
        await delay(retryMs);
    }
  }
  return fail(unavailable(reason));
}

function refusal(cause: unknown): { readonly status: 'refused'; readonly cause: LogRefusedError } {
  if (cause instanceof LogRefusedError) {
    return { status: 'refused', cause };
  }
  throw cause;
}

function unavailable(reason: string): Failure {
  return fleetbookError('UNAVAILABLE', { service: 'The log', reason });
}
