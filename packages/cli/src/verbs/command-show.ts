import { type AnswerReply, fleetbookError, type HistoryAnswer, type RecordedReply } from '@fleetbook/contracts';
import { type Call, type Ending, NO, OK, type Run } from '../call.ts';
import { printEvents } from '../output/events.ts';
import { printFacts } from '../output/table.ts';
import { ask, sayWhen } from '../session/question.ts';
import { withSource } from '../session/source.ts';

export const commandShow: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    const command = call.args.word('ID');
    const history = await ask(call, source, 'history', { command, limit: 1_000 });
    if (!history.ok) {
      return { failure: history.error };
    }
    const first = history.value.answer.events.find(({ index }) => index === 0);
    if (first === undefined || first.actor.role === 'system') {
      return notFound(call, command, history.value);
    }
    const { role, id: actor } = first.actor;
    const outcome = await ask(call, source, 'outcome', { commandId: command, role, actor });
    if (!outcome.ok) {
      return { failure: outcome.error };
    }
    const { answer } = outcome.value;
    return answer.status === 'recorded'
      ? show(call, history.value, answer.reply, `${role} ${actor}`)
      : notFound(call, command, outcome.value);
  });

function show(call: Call, history: AnswerReply<HistoryAnswer>, reply: RecordedReply, actor: string): Ending {
  const events = history.answer.events.toReversed();
  if (call.args.isSet('json')) {
    const { past } = history;
    call.terminal.print(JSON.stringify({ reply, events, ...(past === undefined ? {} : { past }) }));
    return OK;
  }
  printFacts(call.terminal, [
    ['command', reply.commandId],
    ['by', actor],
    ['outcome', reply.outcome],
    ['at', `${new Date(reply.at).toISOString()}, event ${reply.token}`],
    ...(reply.outcome === 'refused' ? [['because', `${reply.error.code}: ${reply.error.message}`] as const] : []),
  ]);
  call.terminal.print('');
  printEvents(call.terminal, events);
  sayWhen(call.terminal, history);
  return OK;
}

function notFound(call: Call, command: string, { token }: { readonly token: string }): Ending {
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ status: 'not-found', token }));
    return NO;
  }
  const failure = fleetbookError('NOT_FOUND', { kind: 'recorded outcome of command', id: command, token });
  return { failure: { ...failure, next: `Not found up to ${token}: it may still be on its way.` } };
}
