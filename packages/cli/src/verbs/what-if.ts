import {
  type Divergence,
  errorEntry,
  type FleetbookError,
  isErrorCode,
  parseQuery,
  type WhatIfAnswer,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, NO, OK, type Run, usageFailure } from '../call.ts';
import { reasonLines } from '../output/reply.ts';
import { type Column, printTable, styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { readObjectFile } from '../session/json-file.ts';
import { sayWhen } from '../session/question.ts';
import { readPairs } from '../session/request.ts';
import { withPast } from '../session/source.ts';
import { printDifference } from './diff.ts';

export const whatIf: Run = async (call) => {
  const fields = await readFields(call);
  if (!fields.ok) {
    return { failure: fields.error };
  }
  const read = parseQuery('what-if', Buffer.from(JSON.stringify(fields.value)));
  if (!read.ok) {
    return { failure: read.error };
  }
  return withPast(call, async (source): Promise<Ending> => {
    const reply = await source.ask('what-if', read.value);
    if (reply.outcome === 'error') {
      return { failure: call.args.text('insert') === undefined ? reply.error : asRefused(reply.error) };
    }
    const { answer } = reply;
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply));
    } else {
      print(call.terminal, answer);
      sayWhen(call.terminal, reply);
    }
    return answer.diverged === 0 && answer.diff.isSame ? OK : NO;
  });
};

/** The fields of the query as the flags tell them: checked as the query is. */
async function readFields(call: Call): Promise<Result<Readonly<Record<string, unknown>>, Failure>> {
  const { args } = call;
  const from = args.text('from');
  if (from === undefined) {
    return fail(usageFailure('--from says where the range begins'));
  }
  const [until, drop, file, limit] = [
    args.text('until'),
    args.number('drop-event'),
    args.text('insert'),
    args.number('limit'),
  ];
  const insert = file === undefined ? succeed(undefined) : await readInserted(call, file);
  const policies = readPolicies(call);
  if (!insert.ok) {
    return insert;
  }
  if (!policies.ok) {
    return policies;
  }
  const given = { from, until, drop, limit, insert: insert.value, policies: policies.value };
  return succeed(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

async function readInserted(call: Call, name: string): Promise<Result<unknown, Failure>> {
  const file = await readObjectFile(call, 'insert', name);
  if (!file.ok) {
    return file;
  }
  const { role, actor, type, ...body } = file.value;
  return succeed({ role, actor, type, body });
}

function readPolicies(call: Call): Result<Readonly<Record<string, unknown>> | undefined, Failure> {
  const pairs = readPairs(call, 'policy');
  if (!pairs.ok) {
    return pairs;
  }
  const policies = [...pairs.value].map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text]);
  return succeed(policies.length === 0 ? undefined : Object.fromEntries(policies));
}

/** What an inserted command would have been told is of the past: there is nothing to send again. */
export function asRefused(error: FleetbookError): Failure {
  if (errorEntry(error.code).exitCode !== REFUSED) {
    return error;
  }
  const where = 'So it would have been told just after --from: insert another command, or name another instant.';
  return { ...error, next: [...reasonLines(error), where] };
}

const REFUSED = 3;

function print(terminal: Terminal, { inserted, decisions, diverged, divergences, diff }: WhatIfAnswer): void {
  if (inserted !== undefined) {
    terminal.print(`inserted: ${insertedText(inserted)}`);
  }
  const [first] = divergences;
  const told = `${diverged} of ${decisions} commands decided again come out otherwise`;
  terminal.print(styled(terminal, first === undefined ? 'green' : 'yellow', told));
  if (first !== undefined) {
    terminal.print('');
    terminal.print(styled(terminal, 'bold', `first at event ${first.number}`));
    printTable(terminal, COLUMNS, divergences);
    const more = diverged - divergences.length;
    if (more > 0) {
      terminal.say(`and ${more} more: a higher --limit`);
    }
  }
  terminal.print('');
  terminal.print(styled(terminal, 'bold', 'from what is recorded to what would have been'));
  printDifference(terminal, diff);
}

function insertedText({ types, repeats }: NonNullable<WhatIfAnswer['inserted']>): string {
  return repeats === undefined
    ? types.join(', ') || 'it would have changed nothing'
    : `a repetition of what event ${repeats} decided, answered with that: it would have changed nothing`;
}

const COLUMNS: readonly Column<Divergence>[] = [
  { title: 'event', cell: ({ number }) => String(number), isNumeric: true },
  { title: 'time', cell: ({ at }) => new Date(at).toISOString() },
  { title: 'command', cell: ({ command, commandId }) => `${command ?? ''} ${commandId}`.trim() },
  { title: 'recorded', cell: ({ recorded: { types, code } }) => code ?? types.join(', ') },
  { title: 'instead', cell: insteadText },
];

/** What comes out by the same name comes out on other figures: those are told. */
export function insteadText({ recorded, instead }: Pick<Divergence, 'recorded' | 'instead'>): string {
  const { outcome, code, types = [], details = {} } = instead;
  if (outcome === 'none') {
    return 'does not happen';
  }
  if (code !== undefined) {
    const reasons = code === recorded.code && isErrorCode(code) ? reasonLines({ code, details }) : [];
    return [code === recorded.code ? `${code}, on other figures` : code, ...reasons].join('; ');
  }
  const text = types.join(', ') || outcome;
  return text === recorded.types.join(', ') ? `${text}, with other contents` : text;
}
