import { querySubject, type WriterAnswer } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contradictions } from '../support/client-history.ts';
import { addNodes } from '../support/fleet.ts';
import { startLoad } from '../support/load.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const CELL = 'paused';
const REQUESTS = 200;
/** One attempt each: what goes to a service that stands still has no answer, however slow the others are. */
const ONCE = { timeoutMs: 30_000, attemptTimeoutMs: 30_000 };
const SHARE = 0.99;

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

/** Connections that the server still counts on, of services of a kind: one each, once they have read the log. */
async function connected(kind: 'tracker' | 'projector'): Promise<number> {
  const answer = await fetch(`${services.server.monitoringUrl}/connz`);
  const { connections }: { connections: readonly { readonly name?: string }[] } = Object(await answer.json());
  return connections.filter(({ name }) => name?.startsWith(`fleetbook-${kind}`) === true).length;
}

/** Everything that calls itself the writer, at one moment. */
async function writers(): Promise<readonly number[]> {
  const replies = await services.bus.requestAll(querySubject(CELL, 'writer'), '{}', 200);
  return replies.flatMap((reply) => {
    const { answer }: { answer?: WriterAnswer } = JSON.parse(reply.toString('utf8'));
    return answer === undefined ? [] : [answer.epoch];
  });
}

async function shareOf(answered: readonly Promise<boolean>[]): Promise<number> {
  const results = await Promise.all(answered);
  return results.filter(Boolean).length / results.length;
}

describe('with the writer and a projector standing still', () => {
  it('nearly every request is answered, and the writer that goes on appends and answers nothing', async () => {
    const first = services.spawn('tracker', CELL);
    await first.logged({ message: 'in office' });
    const second = services.spawn('tracker', CELL);
    const projectors = [services.spawn('projector', CELL), services.spawn('projector', CELL)];
    const [projector] = projectors;
    const fleetbook = await services.connect(CELL);
    await addNodes(fleetbook, ['node-1']);
    await until('both projectors', async () => {
      const statuses = await Promise.all(projectors.map((each) => each.status('/readyz')));
      return statuses.every((status) => status === 200) ? true : undefined;
    });
    const load = startLoad(fleetbook, ['node-1'], 4);
    await until('claims', () => (load.answered > 50 ? true : undefined));

    first.kill('SIGSTOP');
    projector?.kill('SIGSTOP');
    await second.logged({ message: 'in office' });
    await until('a server that has given up on the two', async () =>
      (await connected('tracker')) === 1 && (await connected('projector')) === 1 ? true : undefined,
    );
    const client = fleetbook.as('operator', 'e2e');
    const asked = Array.from({ length: REQUESTS }, async () => {
      const reply = await client.ask('nodes', { trait: 'NONE' }, ONCE);
      return reply.outcome === 'answer';
    });
    const sent = Array.from({ length: REQUESTS }, async () => {
      const reply = await client.send('EnableNode', { node: 'node-1' }, ONCE);
      return reply.outcome !== 'error';
    });
    expect(await shareOf(asked)).toBeGreaterThanOrEqual(SHARE);
    expect(await shareOf(sent)).toBeGreaterThanOrEqual(SHARE);

    const heard: number[] = [];
    first.kill('SIGCONT');
    projector?.kill('SIGCONT');
    await until('a writer that steps down', async () => {
      heard.push(...(await writers()));
      return first.lines.some(({ message }) => message === 'deposed') ? true : undefined;
    });
    await until('the writer that is left', async () => {
      const left = await writers();
      heard.push(...left);
      return left.length === 0 ? undefined : true;
    });
    expect(new Set(heard)).toEqual(new Set([2]));
    const claims = await load.finish();
    expect(new Set(claims.map(({ reply }) => reply.outcome))).toEqual(new Set(['accepted']));
    // Reading it proves that no commit of the old epoch follows the new one's election.
    const reading = await services.readLog(CELL);
    expect(contradictions(claims, reading)).toEqual([]);
    const { answer } = await services.ask(CELL, 'writer', {});
    expect([answer.digest, reading.reference]).toEqual([reading.replay, reading.replay]);
  });
});
