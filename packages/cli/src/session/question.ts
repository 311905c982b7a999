import {
  type AnswerReply,
  encodeQuery,
  parseQuery,
  type QueryAnswers,
  type QueryBodies,
  type QueryName,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, NO, OK } from '../call.ts';
import { styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { type Source, withSource } from './source.ts';

/** How an answer is shown to people, and whether it is a yes. */
export interface Showing<Name extends QueryName> {
  readonly print: (terminal: Terminal, answer: QueryAnswers[Name]) => void;
  readonly isYes?: (answer: QueryAnswers[Name]) => boolean;
}

/** A verb that asks one question and shows its answer. */
export async function question<Name extends QueryName>(
  call: Call,
  name: Name,
  fields: QueryBodies[Name],
  showing: Showing<Name>,
): Promise<Ending> {
  const fault = faultOf(call, name, fields);
  if (fault !== undefined) {
    return { failure: fault };
  }
  return withSource(call, async (source) => {
    const reply = await ask(call, source, name, fields);
    if (!reply.ok) {
      return { failure: reply.error };
    }
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply.value));
    } else {
      showing.print(call.terminal, reply.value.answer);
      sayWhen(call.terminal, reply.value);
    }
    return showing.isYes?.(reply.value.answer) === false ? NO : OK;
  });
}

/** Asks one question with the `--at-least` of the call. */
export async function ask<Name extends QueryName>(
  call: Call,
  source: Source,
  name: Name,
  fields: QueryBodies[Name],
): Promise<Result<AnswerReply<QueryAnswers[Name]>, Failure>> {
  const reply = await source.ask(name, withToken(call, fields));
  return reply.outcome === 'answer' ? succeed(reply) : fail(reply.error);
}

/** Tells people how old an answer is. */
export function sayWhen(terminal: Terminal, reply: { readonly token: string; readonly at: number }): void {
  const time = reply.at === 0 ? '' : `, ${new Date(reply.at).toISOString()}`;
  terminal.say(styled(terminal, 'dim', `as of ${reply.token}${time}`));
}

function withToken<Name extends QueryName>(call: Call, fields: QueryBodies[Name]): QueryBodies[Name] {
  const atLeast = call.args.text('at-least');
  return atLeast === undefined ? fields : { ...fields, atLeast };
}

/** A question that breaks a rule is refused here, also when nothing runs. */
function faultOf<Name extends QueryName>(call: Call, name: Name, fields: QueryBodies[Name]): Failure | undefined {
  const read = parseQuery(name, encodeQuery(name, withToken(call, fields)));
  return read.ok ? undefined : read.error;
}
