import { parseToken, type QueryAnswers, querySubject } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNodes } from '../support/fleet.ts';
import { startLoad } from '../support/load.ts';
import { startQuestions } from '../support/questions.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const CELL = 'replicas';

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

async function projectionOf({ pid }: ServiceUnderTest): Promise<QueryAnswers['projection'] | undefined> {
  const replies = await services.bus.requestAll(querySubject(CELL, 'projection'), '{}', 100);
  const answers: QueryAnswers['projection'][] = replies.map((reply) => JSON.parse(reply.toString('utf8')).answer);
  return answers.find((answer) => answer.pid === pid);
}

function untilServing(replica: ServiceUnderTest): Promise<true> {
  return until(`process ${replica.pid} serves`, async () =>
    (await projectionOf(replica))?.isServing === true ? true : undefined,
  );
}

/** So many that a replica in the queue group gets some of them. */
const MANY = 40;

/** The events at which questions without a token are answered; undefined for those that are not. */
function askMany(count: number, timeoutMs: number): Promise<readonly (number | undefined)[]> {
  const askOne = async (): Promise<number | undefined> => {
    const reply = await services.bus.request(querySubject(CELL, 'nodes'), '{"limit":1}', timeoutMs);
    return reply.status === 'reply' ? numberOf(JSON.parse(reply.payload.toString('utf8')).token) : undefined;
  };
  return Promise.all(Array.from({ length: count }, askOne));
}

function numberOf(token: unknown): number | undefined {
  return typeof token === 'string' ? parseToken(token)?.number : undefined;
}

describe('two projectors of which one stands still', () => {
  it('answer no client below its token, and the one that wakes nothing from before it slept', async () => {
    services.spawn('tracker', CELL);
    const [one, two] = [services.spawn('projector', CELL), services.spawn('projector', CELL)];
    const fleetbook = await services.connect(CELL);
    await addNodes(fleetbook, ['node-1', 'node-2']);
    await Promise.all([one, two].map(untilServing));
    const load = startLoad(fleetbook, ['node-1', 'node-2'], 4);
    const questions = startQuestions({ bus: services.bus, cell: CELL, seen: () => load.token, timeoutMs: 1_000 });
    await questions.more(200);

    two.kill('SIGSTOP');
    await until('the server misses the sleeper', async () => {
      const numbers = await askMany(MANY, 1_000);
      return numbers.includes(undefined) ? undefined : true;
    });
    await questions.more(200);
    const floor = numberOf(load.token) ?? 0;
    await services.ask(CELL, 'nodes', { atLeast: load.token ?? '' });
    two.kill('SIGCONT');
    const numbers = await askMany(5 * MANY, 5_000);
    expect(numbers.filter((number) => number !== undefined && number < floor)).toEqual([]);

    await untilServing(two);
    await questions.more(200);
    await load.finish();
    const wrong = await questions.finish();
    // What the sleeper was given before the server missed it had no answer in time.
    expect(wrong.filter((what) => what !== 'timeout')).toEqual([]);
    const digests = await until('both have folded the same events', async () => {
      const [first, second] = await Promise.all([one, two].map(projectionOf));
      return first?.number === second?.number ? [first?.digest, second?.digest] : undefined;
    });
    expect(digests[0]).toBeDefined();
    expect(digests[0]).toBe(digests[1]);
  });
});
