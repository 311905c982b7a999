import { type ExplainQuery, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import type { ReplayIndex } from '../index/replay-index.ts';
import { firstsOfCommand, readNumbers } from '../past/event-source.ts';
import { firstOfFile, isKnownBefore } from '../past/known-before.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';
import { holderOf, numberSince } from './unit-holder.ts';

/**
 * The decision that a question is about, up to event `last`: all of its events. `viewAtLast` is asked only about units.
 * Errors: NOT_FOUND.
 */
export async function findDecision(
  index: ReplayIndex,
  query: ExplainQuery,
  last: number,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<Result<readonly LedgerEvent[], FleetbookError>> {
  const number = await numberOf(index, query, last, viewAtLast);
  const [event] = number === undefined || number > last ? [] : await readNumbers(index, [number]);
  if (event === undefined) {
    return fail(fleetbookError('NOT_FOUND', { ...subjectOf(query), ...(await beforeFile(index, query, viewAtLast)) }));
  }
  return succeed(await decisionOf(index, event));
}

/** All events of the decision that an event belongs to. */
export function decisionOf(index: ReplayIndex, { number, index: place, count }: LedgerEvent) {
  return readNumbers(
    index,
    Array.from({ length: count }, (_unused, offset) => number - place + offset),
  );
}

function subjectOf({ command, event, unit, node }: ExplainQuery): { readonly kind: string; readonly id: string } {
  if (command !== undefined) {
    return { kind: 'command', id: command };
  }
  return event === undefined ? { kind: 'held unit', id: `${unit} of node ${node}` } : { kind: 'event', id: `${event}` };
}

/** Why a file does not have a decision that there was. */
async function beforeFile(
  index: ReplayIndex,
  { command, event, unit = '', node = '' }: ExplainQuery,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<{ readonly kind?: string; readonly first?: number; readonly reason?: string }> {
  const first = firstOfFile(index);
  if (first === undefined) {
    return {};
  }
  const begins = `event ${first}, with which the file begins`;
  if (event !== undefined) {
    return event < first ? { first, reason: `it was before ${begins}` } : {};
  }
  if (command !== undefined) {
    return (await isKnownBefore(index, { command }))
      ? { kind: 'event of command', first, reason: `it was decided before ${begins}` }
      : {};
  }
  const holder = holderOf((await viewAtLast()).ledger, node, unit);
  return holder === undefined
    ? {}
    : { kind: 'event of held unit', first, reason: `${holder.instance} got it before ${begins}` };
}

async function numberOf(
  index: ReplayIndex,
  query: ExplainQuery,
  last: number,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<number | undefined> {
  if (query.event !== undefined) {
    return query.event;
  }
  if (query.command !== undefined) {
    const [first] = await firstsOfCommand(index, query.command, last);
    return first?.number;
  }
  const { unit = '', node = '' } = query;
  const holder = holderOf((await viewAtLast()).ledger, node, unit);
  return holder === undefined ? undefined : numberSince(index, { ...holder, node, unit }, last);
}
