import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerReply, TimelineAnswer, TimelineQuery } from '@fleetbook/contracts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { drawTimeline, type TimelineDrawing } from '../output/timeline.ts';
import { ask, sayWhen } from '../session/question.ts';
import { type Source, withPast } from '../session/source.ts';

const KINDS = ['node', 'instance', 'move', 'command', 'provider'] as const;

const FOLLOW_EVERY_MS = 500;

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
  const { entries, next } = reply.answer;
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
  entries.forEach(drawing.add);
  if (!call.args.isSet('follow')) {
    sayWhen(call.terminal, reply);
  }
}

/** Asks again for what is newer, until the call is stopped. */
async function follow(
  call: Call,
  source: Source,
  drawing: TimelineDrawing,
  subject: TimelineQuery,
  first: AnswerReply<TimelineAnswer>,
): Promise<Ending> {
  let after = first.past?.number ?? 0;
  while (!call.stop.aborted) {
    await delay(FOLLOW_EVERY_MS, undefined, { signal: call.stop }).catch(() => undefined);
    const reply = await source.ask('timeline', { ...subject, after, limit: 1_000 });
    if (reply.outcome === 'error') {
      return { failure: reply.error };
    }
    show(call, drawing, { ...reply, answer: { entries: reply.answer.entries } });
    after = reply.past?.number ?? after;
  }
  return { exitCode: 130 };
}
