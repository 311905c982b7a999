import type { HealthAnswer, QueryReply } from '@fleetbook/contracts';
import { type Call, type Ending, NO, OK, type Run } from '../call.ts';
import { storagePhrases } from '../output/storage.ts';
import { printTable, styled } from '../output/table.ts';
import { ask } from '../session/question.ts';
import { type Candidate, withSource } from '../session/source.ts';
import { tellAtRest } from './at-rest.ts';

interface Line {
  readonly service: string;
  readonly status: string;
  readonly event: string;
  readonly about: string;
}

export const status: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    // Health is told as it is, however old: another question waits for the token.
    const reached =
      call.args.text('at-least') === undefined ? undefined : await ask(call, source, 'nodes', { limit: 1 });
    if (reached?.ok === false) {
      return { failure: reached.error };
    }
    if (!source.isLive) {
      return tellAtRest(call, source, (error) => ({ tracker: { error }, projector: { error } }));
    }
    const [tracker, projector] = await Promise.all([source.ask('writer', {}), source.ask('health', {})]);
    // Who decides has its own word: those who wait for the office speak while it is vacant.
    const candidates = tracker.outcome === 'error' ? ((await source.candidates?.()) ?? []) : [];
    if (tracker.outcome === 'error' && projector.outcome === 'error' && candidates.length === 0) {
      return { failure: projector.error };
    }
    if (call.args.isSet('json')) {
      const waiting = candidates.length === 0 ? {} : { candidates };
      call.terminal.print(
        JSON.stringify({ cell: source.cell, tracker: bodyOf(tracker), ...waiting, projector: bodyOf(projector) }),
      );
    } else {
      const trackers = candidates.length === 0 ? [lineOf('tracker', tracker)] : candidates.map(waitingLine);
      show(call, source.cell, [...trackers, lineOf('projector', projector)]);
    }
    const isRed = [tracker, projector].some((reply) => reply.outcome === 'error' || reply.answer.status === 'red');
    return isRed ? NO : OK;
  });

function show(call: Call, cell: string, lines: readonly Line[]): void {
  const { terminal } = call;
  printTable(
    terminal,
    [
      { title: 'service', cell: ({ service }) => service },
      { title: 'status', cell: (line) => line.status },
      { title: 'event', cell: ({ event }) => event, isNumeric: true },
      { title: 'about', cell: ({ about }) => about },
    ],
    lines,
  );
  terminal.say(styled(terminal, 'dim', `cell ${cell}`));
}

function waitingLine({ id, waitsFor }: Candidate): Line {
  return { service: 'tracker', status: 'waiting', event: '-', about: `tracker ${id} takes no office: ${waitsFor}` };
}

function lineOf(service: string, reply: QueryReply<HealthAnswer>): Line {
  if (reply.outcome === 'error') {
    return { service, status: 'silent', event: '-', about: `${reply.error.code}: ${reply.error.message}` };
  }
  const { answer } = reply;
  const faults = answer.checks.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
  const stored = answer.storage === undefined ? [] : storagePhrases(answer.storage);
  const facts = [`process ${answer.pid}`, `log ${answer.log}`, `durability ${answer.durability}`];
  const about = [...facts, ...stored, ...faults].join(', ');
  return { service: answer.service, status: answer.status, event: String(answer.number), about };
}

function bodyOf(reply: QueryReply<HealthAnswer>): unknown {
  return reply.outcome === 'answer' ? reply.answer : { error: reply.error };
}
