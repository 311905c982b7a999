import type { AnswerReply, TimelineAnswer, TimelineQuery } from '@fleetbook/contracts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { drawTimeline, type TimelineDrawing } from '../output/timeline.ts';
import { wholeTimeMs } from '../session/connection.ts';
import { followTimeline, NOTHING_GROWS } from '../session/follow-timeline.ts';
import { ask, sayWhen } from '../session/question.ts';
import { type Source, withPast } from '../session/source.ts';

const KINDS = ['node', 'instance', 'move', 'command', 'provider'] as const;

export const timeline: Run = async (call) => {
  const [word, id] = [call.args.word('KIND'), call.args.word('ID')];
  const kind = KINDS.find((name) => name === word);
  if (kind === undefined) {
    return { failure: usageFailure(`A timeline is of a ${KINDS.join(', ')}, not of a ${word}`) };
  }
  const follows = call.args.isSet('follow');
  if (follows && call.args.text('as-of') !== undefined) {
    return { failure: usageFailure('--follow and --as-of exclude each other') };
  }
  return withPast(call, async (source): Promise<Ending> => {
    const asked = { [kind]: id, ...pageOf(call) };
    const reply = await ask(call, source, 'timeline', asked);
    if (!reply.ok) {
      return { failure: reply.error };
    }
    const drawing = drawTimeline(call.terminal);
    show(call, drawing, reply.value);
    return follows ? follow(call, source, drawing, { [kind]: id }, reply.value) : OK;
  });
};

function pageOf({ args }: Call): TimelineQuery {
  const [limit, before] = [args.number('limit'), args.number('before')];
  return { ...(limit === undefined ? {} : { limit }), ...(before === undefined ? {} : { before }) };
}

function show(call: Call, drawing: TimelineDrawing, reply: AnswerReply<TimelineAnswer>): void {
  const { entries, next, first } = reply.answer;
  if (call.args.isSet('json')) {
    if (call.args.isSet('follow')) {
      entries.forEach((entry) => void call.terminal.print(JSON.stringify(entry)));
    } else {
      call.terminal.print(JSON.stringify(reply));
    }
    return;
  }
  if (next !== undefined) {
    call.terminal.say(`there are older ones: --before ${next}, or a higher --limit`);
  }
  if (first !== undefined) {
    const begins = `event ${first}, with which the file begins`;
    call.terminal.say(`it was there before ${begins}: what happened then is not in the file`);
  }
  entries.forEach(drawing.add);
  if (!call.args.isSet('follow')) {
    sayWhen(call.terminal, reply);
  }
}

/** Where nothing grows, what was shown is all there will be. */
async function follow(
  call: Call,
  source: Source,
  drawing: TimelineDrawing,
  subject: TimelineQuery,
  first: AnswerReply<TimelineAnswer>,
): Promise<Ending> {
  if (!source.isLive) {
    call.terminal.say(NOTHING_GROWS);
    return OK;
  }
  const failure = await followTimeline(source, {
    ...{ subject, after: first.past?.number ?? 0, timeoutMs: wholeTimeMs(call), stop: call.stop },
    show: ({ answer, ...reply }) => show(call, drawing, { ...reply, answer: { entries: answer.entries } }),
    waitsFor: ({ code, message }) => call.terminal.say(`waiting: ${code}: ${message}`),
  });
  return failure === undefined ? { exitCode: 130 } : { failure };
}
