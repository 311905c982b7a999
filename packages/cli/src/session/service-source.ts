import type { AskOptions } from '@fleetbook/client';
import { fleetbookError, type QueryBodies, type QueryName, type QueryReply } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { actorOf, connectToCell, timeLeftMs, wholeTimeMs } from './connection.ts';
import { askCandidates } from './running-marks.ts';
import type { Source, Terms } from './source.ts';
import { findTarget, type Target } from './target.ts';

/** The running services of the cell that the call names. */
export async function openServices(call: Call): Promise<Result<Source, Failure>> {
  const target = await findTarget(call);
  return target.ok ? openServicesAt(call, target.value) : target;
}

export async function openServicesAt(call: Call, target: Target): Promise<Result<Source, Failure>> {
  const actor = actorOf(call);
  if (!actor.ok) {
    return actor;
  }
  const fleetbook = await connectToCell(call, target);
  if (!fleetbook.ok) {
    return fleetbook;
  }
  const client = fleetbook.value.as('operator', actor.value);
  return succeed({
    cell: target.cell,
    isLive: true,
    ask: async (name, fields, terms) => {
      const reply = await client.ask(name, fields, { mayBeOlder: true, ...termsOf(call, name, fields, terms) });
      return terms === undefined ? overTheWholeTime(reply, wholeTimeMs(call, usualTimeMs(name, fields))) : reply;
    },
    candidates: () => askCandidates(target),
    close: () => fleetbook.value.close(),
  });
}

/** Questions that read the past whatever they name. */
const OF_THE_PAST: ReadonlySet<QueryName> = new Set(['diff', 'timeline', 'explain', 'what-if', 'bisect']);

/** How long a question about the past may take: an index may have to be made for it, or much decided again. */
const PAST_TIMEOUT_MS = 60_000;

/** Undefined for what is asked about now. */
function usualTimeMs<Name extends QueryName>(name: Name, fields: QueryBodies[Name]): number | undefined {
  return OF_THE_PAST.has(name) || ('asOf' in fields && fields.asOf !== undefined) ? PAST_TIMEOUT_MS : undefined;
}

/** Of several questions the last one gets what time is left, and it is the time of the call that has passed. */
export function overTheWholeTime<Answer>(reply: QueryReply<Answer>, timeoutMs: number): QueryReply<Answer> {
  return reply.outcome === 'error' && reply.error.code === 'TIMEOUT'
    ? { ...reply, error: fleetbookError('TIMEOUT', { ...reply.error.details, timeoutMs }) }
    : reply;
}

/** Of the past one attempt takes all the time there is: it would begin from the start with each. */
function termsOf<Name extends QueryName>(
  call: Call,
  name: Name,
  fields: QueryBodies[Name],
  terms: Terms | undefined,
): AskOptions {
  const usualMs = usualTimeMs(name, fields);
  const { timeoutMs } = terms ?? { timeoutMs: timeLeftMs(call, usualMs) };
  if (usualMs === undefined) {
    return { timeoutMs };
  }
  return {
    ...{ timeoutMs, attemptTimeoutMs: timeoutMs, vacantTimeoutMs: timeLeftMs(call) },
    onAgain: ({ code, details: { reason } }) => {
      if (code === 'UNAVAILABLE' && call.terminal.isInteractive) {
        call.terminal.say(`waiting: ${reason}`);
      }
    },
  };
}

/** The same services, of everything that the writer has made durable by now: what another process did is in it. */
export async function upToNow(source: Source): Promise<Source> {
  const writer = await source.ask('writer', {});
  return writer.outcome === 'answer'
    ? { ...source, ask: (name, fields) => source.ask(name, { atLeast: writer.token, ...fields }) }
    : source;
}

/** Asks the running services something on the way to a command: never of less than the command before it changed. */
export async function withService<Value>(
  call: Call,
  work: (source: Source) => Promise<Result<Value, Failure>>,
): Promise<Result<Value, Failure>> {
  const source = await openServices(call);
  if (!source.ok) {
    return source;
  }
  try {
    return await work(await upToNow(source.value));
  } finally {
    await source.value.close();
  }
}
