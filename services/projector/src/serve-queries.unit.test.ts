import type { Service } from '@fleetbook/messaging';
import { describe, expect, it } from 'vitest';
import { serveQueries } from './serve-queries.ts';

type Handler = Parameters<Service['addEndpoint']>[1];

/** Endpoints without a server: a test asks by hand, answers by hand, and says when time is up. */
function serve() {
  const handlers = new Map<string, Handler>();
  const answers: (() => void)[] = [];
  const sent: string[] = [];
  let timeIsUp = (): void => undefined;
  const endpoints = serveQueries({
    service: {
      addEndpoint({ name, subject }, handler) {
        handlers.set(name, handler);
        return { subject, stop: async () => void handlers.delete(name) };
      },
    },
    cell: 'main',
    handle: (query, _payload, respond) => void answers.push(() => respond(Buffer.from(query))),
    flush: async () => undefined,
    timers: {
      after(_delayMs, task) {
        timeIsUp = task;
        return () => undefined;
      },
    },
  });
  return {
    endpoints,
    ask: (query: string) => handlers.get(query)?.('', Buffer.of(), (reply) => void sent.push(String(reply)), undefined),
    answerAll() {
      for (const answer of answers.splice(0)) {
        answer();
      }
    },
    timeIsUp: () => timeIsUp(),
    sent,
  };
}

async function stopping({ endpoints }: ReturnType<typeof serve>) {
  let hasStopped = false;
  const stopped = endpoints.stop().then(() => {
    hasStopped = true;
  });
  await new Promise(setImmediate);
  return { stopped, hasStopped: () => hasStopped };
}

describe('the questions of a projector that stops', () => {
  it('are answered before it has stopped, also those that wait for an event', async () => {
    const served = serve();
    served.ask('health');
    const { stopped, hasStopped } = await stopping(served);
    expect(hasStopped()).toBe(false);
    served.answerAll();
    await stopped;
    expect(served.sent).toEqual(['health']);
  });

  it('do not keep it for ever', async () => {
    const served = serve();
    served.ask('health');
    const { stopped, hasStopped } = await stopping(served);
    expect(hasStopped()).toBe(false);
    served.timeIsUp();
    await stopped;
  });

  it('keep it no moment when there are none', async () => {
    const served = serve();
    served.ask('health');
    served.answerAll();
    await (await stopping(served)).stopped;
  });
});
