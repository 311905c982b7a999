import { type ExplainQuery, encodeQuery, fleetbookError, parseQuery } from '@fleetbook/contracts';
import { fail } from '@fleetbook/domain';
import { type Call, type Ending, NO, OK, type Run, usageFailure } from '../call.ts';
import { mermaidOf } from '../output/explain-mermaid.ts';
import { printExplanation } from '../output/explanation.ts';
import { ask, sayWhen } from '../session/question.ts';
import { type Source, withPast } from '../session/source.ts';

export const explain: Run = async (call) => {
  if (call.args.isSet('json') && call.args.isSet('mermaid')) {
    return { failure: usageFailure('--json and --mermaid exclude each other') };
  }
  const fields = readFields(call);
  const read = parseQuery('explain', encodeQuery('explain', fields));
  if (!read.ok) {
    return { failure: read.error };
  }
  return withPast(call, async (source): Promise<Ending> => {
    const reply = await askOf(call, source, fields);
    if (!reply.ok) {
      return { failure: reply.error };
    }
    const { answer } = reply.value;
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply.value));
    } else if (call.args.isSet('mermaid')) {
      mermaidOf(answer).forEach(call.terminal.print);
      sayWhen(call.terminal, reply.value);
    } else {
      printExplanation(call.terminal, answer);
      sayWhen(call.terminal, reply.value);
    }
    return answer.again.agrees === false ? NO : OK;
  });
};

function readFields({ args }: Call): ExplainQuery {
  const [what, node] = [args.word('WHAT'), args.text('node')];
  if (node !== undefined) {
    return { node, unit: what };
  }
  const command = COMMAND.exec(what)?.[1];
  return command === undefined && EVENT.test(what) ? { event: Number(what) } : { command: command ?? what };
}

const EVENT = /^[1-9]\d{0,14}$/;
const NUMBER = /^\d+$/;
const COMMAND = /^command:(.+)$/;

/** The id of a command may look like the number of an event, and is taken for one where there is such an event. */
async function askOf(call: Call, source: Source, fields: ExplainQuery) {
  const reply = await ask(call, source, 'explain', fields);
  const what = call.args.word('WHAT');
  if (reply.ok || reply.error.code !== 'NOT_FOUND' || fields.node !== undefined || !NUMBER.test(what)) {
    return reply;
  }
  if (fields.event === undefined) {
    return fail(fleetbookError('NOT_FOUND', { kind: 'event', id: what }));
  }
  const asCommand = await ask(call, source, 'explain', { command: what });
  return asCommand.ok ? asCommand : reply;
}
