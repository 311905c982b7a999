import {
  type AnswerReply,
  encodeQuery,
  type PastFacts,
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
  /** `source`: to ask what the answer leaves open. */
  readonly print: (terminal: Terminal, answer: QueryAnswers[Name], source: Source) => void | Promise<void>;
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
      await showing.print(call.terminal, reply.value.answer, source);
      sayWhen(call.terminal, reply.value);
    }
    return showing.isYes?.(reply.value.answer) === false ? NO : OK;
  });
}

/** By the call, the event at which its first question was answered: what it asks besides is of the same instant. */
const INSTANTS = new WeakMap<Call, number>();

/** Asks one question with the `--at-least` and `--as-of` of the call. */
export async function ask<Name extends QueryName>(
  call: Call,
  source: Source,
  name: Name,
  fields: QueryBodies[Name],
): Promise<Result<AnswerReply<QueryAnswers[Name]>, Failure>> {
  const reply = await source.ask(name, withTerms(call, fields));
  if (reply.outcome === 'answer' && reply.past !== undefined) {
    INSTANTS.set(call, reply.past.number);
  }
  return reply.outcome === 'answer' ? succeed(reply) : fail(reply.error);
}

/** Tells people which instant an answer is of; of the past, with both of its times and what vouches for it. */
export function sayWhen(
  terminal: Terminal,
  { token, at, past, staleReason }: Pick<AnswerReply<unknown>, 'token' | 'at' | 'past' | 'staleReason'>,
): void {
  if (staleReason !== undefined) {
    terminal.say(styled(terminal, 'yellow', `not up to date: ${staleReason}`));
  }
  if (past === undefined) {
    terminal.say(styled(terminal, 'dim', `as of ${token}${at === 0 ? '' : `, ${timeText(at)}`}`));
    return;
  }
  sayInstant(terminal, { token, past });
  terminal.say(styled(terminal, 'dim', proofText(past)));
}

/** Tells people the instant alone: what vouches for it is told by who knows. */
export function sayInstant(
  terminal: Terminal,
  { token, past }: { readonly token: string; readonly past: Pick<PastFacts, 'at' | 'issuedAt'> },
): void {
  const issued = past.issuedAt === undefined ? 'issued by no command' : `issued ${timeText(past.issuedAt)}`;
  terminal.say(styled(terminal, 'dim', `as of ${token}, recorded ${timeText(past.at)}, ${issued}`));
}

function proofText({ proof, savedAt, node }: PastFacts): string {
  const after = node === undefined ? '' : `; after it the events that concern ${node}`;
  switch (proof) {
    case 'log':
      return 'proof: every event folded from the log';
    case 'snapshot':
      return `proof: snapshot at event ${savedAt}, bound by commit hash${after}`;
    case 'checkpoint':
      return `proof: snapshot at event ${savedAt}, bound by commit hash and by the digest of a checkpoint${after}`;
  }
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function withTerms<Name extends QueryName>(call: Call, fields: QueryBodies[Name]): QueryBodies[Name] {
  const atLeast = call.args.text('at-least');
  const asOf = INSTANTS.get(call)?.toString() ?? call.args.text('as-of');
  return {
    ...fields,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}

/** A question that breaks a rule is refused here, also when nothing runs. */
function faultOf<Name extends QueryName>(call: Call, name: Name, fields: QueryBodies[Name]): Failure | undefined {
  const read = parseQuery(name, encodeQuery(name, withTerms(call, fields)));
  return read.ok ? undefined : read.error;
}
