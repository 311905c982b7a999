import { userInfo } from 'node:os';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import { fleetbookError, isId } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Bus, ConnectError, connectBus } from '@fleetbook/messaging';
import { type Call, type Failure, usageFailure } from '../call.ts';
import { packageVersion } from '../version.ts';
import { inboxPrefixOf } from './inbox.ts';
import type { Target } from './target.ts';

export const CLIENT_NAME = 'fleetbook-cli';

/** Connects the SDK to a cell. Errors: UNAVAILABLE, ACCESS_REFUSED. */
export async function connectToCell(call: Call, target: Target): Promise<Result<Fleetbook, Failure>> {
  const timeoutMs = timeLeftMs(call);
  return orUnavailable(target, () =>
    connectFleetbook({
      ...accessOf(target),
      cell: target.cell,
      client: { name: CLIENT_NAME, version: packageVersion() },
      timeoutMs,
      attemptTimeoutMs: Math.min(timeoutMs, ATTEMPT_TIMEOUT_MS),
    }),
  );
}

/** What is left of the time that the call may take in all, at least a millisecond. */
export function timeLeftMs(call: Call, usualMs = DEFAULT_TIMEOUT_MS): number {
  return Math.max(1, call.startedMs + wholeTimeMs(call, usualMs) - performance.now());
}

/** The time that the call may take in all. @param usualMs where `--timeout` does not say it */
export function wholeTimeMs({ args }: Call, usualMs = DEFAULT_TIMEOUT_MS): number {
  return args.number('timeout') ?? usualMs;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const ATTEMPT_TIMEOUT_MS = 2_000;

/** Connects the bus alone, for the log. */
export function connectBusTo(target: Target): Promise<Result<Bus, Failure>> {
  return orUnavailable(target, () => connectBus({ ...accessOf(target), name: CLIENT_NAME }));
}

/** Who acts when `--actor` does not say it. */
export function actorOf(call: Call): Result<string, Failure> {
  const actor = call.args.text('actor') ?? userInfo().username;
  return isId(actor)
    ? succeed(actor)
    : fail(usageFailure('--actor is an id: letters, digits, . _ : and -, starting with a letter or digit'));
}

function accessOf({ servers, user, password, credentials, nkey, tls }: Target) {
  return { servers, user, password, credentials, nkey, tls, inboxPrefix: inboxPrefixOf(user) };
}

async function orUnavailable<Value>(target: Target, connect: () => Promise<Value>): Promise<Result<Value, Failure>> {
  try {
    return succeed(await connect());
  } catch (thrown) {
    if (!(thrown instanceof ConnectError)) {
      throw thrown;
    }
    return fail(unavailable(target, thrown));
  }
}

function unavailable(target: Target, error: ConnectError): Failure {
  const { message: reason } = error;
  const failure = fleetbookError('UNAVAILABLE', { service: 'NATS', reason });
  switch (error.code) {
    case 'REFUSED':
    case 'UNREADABLE':
      return {
        ...fleetbookError('ACCESS_REFUSED', { reason }),
        next: 'Check the FLEETBOOK_NATS_… settings: fleetbook config print shows them.',
      };
    case 'UNREACHABLE':
    case 'ABORTED':
      return target.isGuess
        ? { ...failure, next: 'Nothing says where a server is: fleetbook up starts one, --server names another.' }
        : failure;
  }
}
