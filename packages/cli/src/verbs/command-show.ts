import {
  type AnswerReply,
  fleetbookError,
  type HistoryAnswer,
  otherDecisionOf,
  type RecordedReply,
} from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { type Call, type Ending, NO, OK, type Run } from '../call.ts';
import { printEvents } from '../output/events.ts';
import { otherFacts } from '../output/other-decisions.ts';
import { printFacts } from '../output/table.ts';
import { historyOfCommand } from '../session/command-history.ts';
import { ask, sayWhen } from '../session/question.ts';
import { type Source, withSource } from '../session/source.ts';

export const commandShow: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    const command = call.args.word('ID');
    const history = await historyOfCommand({
      ask: (terms) => ask(call, source, 'history', { command, limit: 1_000, ...terms }),
      isLive: source.isLive,
    });
    if (!history.ok) {
      return { failure: history.error };
    }
    const [first, ...others] = firstsOf(history.value.answer.events);
    if (first === undefined) {
      return notFound(call, source, history.value);
    }
    const told = { history: history.value, first, others };
    const { role, id: actor } = first.actor;
    if (role === 'system') {
      return show(call, told, undefined);
    }
    const outcome = await ask(call, source, 'outcome', { commandId: first.commandId, role, actor });
    if (!outcome.ok) {
      return { failure: outcome.error };
    }
    const { answer } = outcome.value;
    return answer.status === 'recorded' ? show(call, told, answer.reply) : notFound(call, source, outcome.value, first);
  });

/** The first event of each decision, oldest first: of several commands with one id the first recorded counts. */
export function firstsOf(newestFirst: readonly LedgerEvent[]): readonly LedgerEvent[] {
  return newestFirst.filter(({ index }) => index === 0).toSorted((left, right) => left.number - right.number);
}

interface Told {
  readonly history: AnswerReply<HistoryAnswer>;
  readonly first: LedgerEvent;
  readonly others: readonly LedgerEvent[];
}

/** @param reply absent for what the writer decided by itself: nobody was answered. */
function show(call: Call, { history, first, others }: Told, reply: RecordedReply | undefined): Ending {
  const end = first.number + first.count;
  const events = history.answer.events
    .filter(({ number }) => number >= first.number && number < end)
    .toSorted((left, right) => left.number - right.number);
  const also = others.map(otherDecisionOf);
  if (call.args.isSet('json')) {
    const { past } = history;
    const facts = {
      ...(reply === undefined ? { status: 'own' } : { reply }),
      events,
      ...(also.length === 0 ? {} : { others: also }),
      ...(past === undefined ? {} : { past }),
    };
    call.terminal.print(JSON.stringify(facts));
    return OK;
  }
  const asked = call.args.word('ID');
  printFacts(call.terminal, [
    ['command', asked === first.commandId ? asked : `${asked}, a part of the batch ${first.commandId}`],
    ['by', `${first.actor.role} ${first.actor.id}`],
    ['outcome', reply?.outcome ?? 'decided by the ledger itself'],
    ['at', `${new Date(first.at).toISOString()}, event ${reply?.token ?? first.number}`],
    ...(reply?.outcome === 'refused' ? [['because', `${reply.error.code}: ${reply.error.message}`] as const] : []),
    ...otherFacts(also),
  ]);
  call.terminal.print('');
  printEvents(call.terminal, events);
  sayWhen(call.terminal, history);
  return OK;
}

/** An incident file does not tell of a command before it whether it was recorded. */
function notFound(
  call: Call,
  { beginsWith: first }: Source,
  { token }: { readonly token: string },
  recorded?: LedgerEvent,
): Ending {
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ status: 'not-found', token, ...(first === undefined ? {} : { first }) }));
    return NO;
  }
  const facts = { kind: 'recorded outcome of command', id: call.args.word('ID') };
  if (first === undefined) {
    return { failure: { ...fleetbookError('NOT_FOUND', { ...facts, token }), next: whatNext(token, recorded) } };
  }
  const reason = `the file begins with event ${first}, and what was decided before is not in it`;
  const next = 'Ask the cell, or an incident file that begins earlier; it may also be on its way, or changed nothing.';
  return { failure: { ...fleetbookError('NOT_FOUND', { ...facts, first, reason }), next } };
}

/** Outcomes are remembered for a while, without an index of the past. @param recorded the first event of the command */
export function whatNext(token: string, recorded: LedgerEvent | undefined): string {
  return recorded === undefined
    ? `Not found up to ${token}: it may still be on its way, or changed nothing.`
    : `It is recorded at event ${recorded.number}, and its outcome remembered no longer: ask with --as-of ${
        recorded.number + recorded.count - 1
      }.`;
}
