import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testing/index.ts';
import type { Bus, BusStatus, HandlerFailure, Reply } from './bus.ts';

let server: TestServer;
let stopServer: () => Promise<void>;
let subjects = 0;

beforeAll(async () => {
  ({ server, stop: stopServer } = await startTestServer());
});

afterAll(async () => {
  await stopServer();
});

const freshSubject = (): string => `test.${++subjects}`;

function textOf(reply: Reply): string {
  return reply.status === 'reply' ? reply.payload.toString('utf8') : reply.status;
}

async function pair(): Promise<{ readonly asker: Bus; readonly answerer: Bus }> {
  const [asker, answerer] = await Promise.all([server.connect(), server.connect()]);
  return { asker, answerer };
}

describe('request and reply between two clients', () => {
  it('carries subject and payload there and the answer back', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(`${subject}.*`, (from, payload, respond) => respond(`${from}: ${payload.toString('utf8')}`));
    await answerer.flush();
    expect(textOf(await asker.request(`${subject}.a`, 'hello', 5_000))).toBe(`${subject}.a: hello`);
    expect(textOf(await asker.request(`${subject}.b`, new Uint8Array(), 5_000))).toBe(`${subject}.b: `);
  });

  it('carries a question to everybody, and back what they answer in time', async () => {
    const { asker, answerer } = await pair();
    const other = await server.connect();
    const subject = freshSubject();
    answerer.subscribe(subject, (_from, payload, respond) => respond(`one: ${payload.toString('utf8')}`));
    answerer.subscribe(subject, () => undefined);
    other.subscribe(subject, (_from, _payload, respond) => respond('two'));
    await Promise.all([answerer.flush(), other.flush()]);
    const texts = (await asker.requestAll(subject, 'who?', 1_000)).map((payload) => payload.toString('utf8'));
    expect(texts.sort()).toEqual(['one: who?', 'two']);
  });

  it('waits for nobody where nobody else listens', async () => {
    const asker = await server.connect({ noEcho: true });
    const subject = freshSubject();
    asker.subscribe(subject, (_from, _payload, respond) => respond('me'));
    await asker.flush();
    expect(await asker.requestAll(subject, 'who?', 60_000)).toEqual([]);
    const answerer = await server.connect();
    answerer.subscribe(subject, (_from, _payload, respond) => respond('another'));
    await answerer.flush();
    expect((await asker.requestAll(subject, 'who?', 500)).map(String)).toEqual(['another']);
  });

  it('has patience with one that is slow where nobody was in time', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    const asked = Promise.withResolvers<() => void>();
    answerer.subscribe(subject, (_from, _payload, respond) => asked.resolve(() => respond('late')));
    await answerer.flush();
    const answers = asker.requestAll(subject, 'who?', 10, 60_000);
    const answer = await asked.promise;
    setTimeout(answer, 50);
    expect((await answers).map(String)).toEqual(['late']);
    expect(await asker.requestAll(subject, 'who?', 10, 20)).toEqual([]);
  });

  it('keeps a thousand requests in flight apart', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(subject, (_subject, payload, respond) => {
      setImmediate(() => respond(payload));
    });
    await answerer.flush();
    const replies = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => asker.request(subject, String(index), 10_000)),
    );
    expect(replies.map(textOf)).toEqual(Array.from({ length: 1_000 }, (_, index) => String(index)));
  });

  it('sends what is published in one turn in few writes', async () => {
    const bus = await server.connect();
    const subject = freshSubject();
    const write = vi.spyOn(Socket.prototype, 'write');
    for (let count = 0; count < 240; count += 1) {
      bus.publish(subject, Buffer.alloc(1_024));
    }
    await bus.flush();
    const writes = write.mock.calls.map(([bytes]) => Buffer.byteLength(bytes));
    write.mockRestore();
    expect(writes.filter((bytes) => bytes > 1_024).length).toBeLessThanOrEqual(2);
    expect(writes.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(240 * 1_024);
  });

  it('gives a payload of 256 KiB to the handler as one Buffer, byte for byte', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    const kinds: boolean[] = [];
    answerer.subscribe(subject, (_subject, payload, respond) => {
      kinds.push(Buffer.isBuffer(payload));
      respond(payload);
    });
    await answerer.flush();
    const sent = Buffer.alloc(256 * 1024, 'fleetbook');
    for (let round = 0; round < 5; round += 1) {
      const reply = await asker.request(subject, sent, 5_000);
      expect(reply.status === 'reply' && Buffer.isBuffer(reply.payload) && sent.equals(reply.payload)).toBe(true);
    }
    expect(kinds).toEqual([true, true, true, true, true]);
  });

  it('says at once that nobody subscribes', async () => {
    const { asker } = await pair();
    expect(await asker.request(freshSubject(), 'x', 60_000)).toEqual({ status: 'no-responders' });
  });

  it('says that no answer came in time', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(subject, (_subject, _payload, respond) => respond());
    await answerer.flush();
    expect(await asker.request(subject, 'x', 50)).toEqual({ status: 'timeout' });
  });

  it('does not send what is above the limit of the server', async () => {
    const { asker } = await pair();
    expect(asker.maximumPayloadBytes).toBeGreaterThanOrEqual(1024 * 1024);
    const payload = new Uint8Array(asker.maximumPayloadBytes + 1);
    expect(await asker.request(freshSubject(), payload, 1_000)).toEqual({ status: 'not-sent', reason: 'too-large' });
    expect(asker.publish(freshSubject(), payload)).toBe(false);
  });

  it('shares the messages of a queue group and gives all of them to each plain subscriber', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    const counts = { queue: 0, plain: 0 };
    for (let member = 0; member < 3; member += 1) {
      answerer.subscribe(subject, () => void counts.queue++, { queue: 'projector' });
      answerer.subscribe(subject, () => void counts.plain++);
    }
    await answerer.flush();
    for (let message = 0; message < 10; message += 1) {
      asker.publish(subject, 'x');
    }
    await asker.flush();
    await expect.poll(() => counts).toEqual({ queue: 10, plain: 30 });
  });
});

describe('a handler', () => {
  async function failing(handler: () => Promise<void> | void) {
    const failures: HandlerFailure[] = [];
    const asker = await server.connect();
    const answerer = await server.connect({ onHandlerFailure: (failure) => void failures.push(failure) });
    const subject = freshSubject();
    let calls = 0;
    answerer.subscribe(subject, (_subject, _payload, respond) => {
      calls += 1;
      return calls === 1 ? handler() : respond('fine');
    });
    await answerer.flush();
    return { asker, subject, failures };
  }

  it.each([
    ['throws', () => raise()],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('that %s is answered INTERNAL_ERROR and does not stop the next message', async (_, handler) => {
    const { asker, subject, failures } = await failing(handler);
    const reply = await asker.request(subject, 'x', 5_000);
    expect(JSON.parse(textOf(reply))).toMatchObject({ outcome: 'error', error: { code: 'INTERNAL_ERROR' } });
    expect(failures).toEqual([{ subject, error: new Error('bug') }]);
    expect(textOf(await asker.request(subject, 'x', 5_000))).toBe('fine');
  });

  it('answers once', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(subject, (_subject, _payload, respond) => {
      respond('first');
      respond('second');
    });
    await answerer.flush();
    expect(textOf(await asker.request(subject, 'x', 5_000))).toBe('first');
    expect(textOf(await asker.request(subject, 'x', 5_000))).toBe('first');
  });

  it('answers INTERNAL_ERROR instead of an answer above the limit of the server', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(subject, (_subject, _payload, respond) => respond(new Uint8Array(2 * 1024 * 1024)));
    await answerer.flush();
    expect(textOf(await asker.request(subject, 'x', 5_000))).toContain('INTERNAL_ERROR');
  });

  it('cannot be made to answer outside an inbox', async () => {
    const statuses: BusStatus[] = [];
    const answerer = await server.connect({ onStatus: (status) => void statuses.push(status) });
    const attacker = await server.connect();
    const [subject, victim] = [freshSubject(), freshSubject()];
    let answers = 0;
    let handled = 0;
    answerer.subscribe(victim, () => void answers++);
    answerer.subscribe(subject, (_subject, _payload, respond) => {
      handled += 1;
      respond('injected');
    });
    await answerer.flush();
    attacker.connection.publish(subject, 'x', { reply: victim });
    await expect.poll(() => handled).toBe(1);
    await answerer.flush();
    expect(answers).toBe(0);
    expect(statuses.at(-1)).toMatchObject({ type: 'refused' });
  });
});

it('refuses a subject that would inject protocol before the client sees it', async () => {
  const { asker } = await pair();
  for (const subject of ['a b', 'a\r\nPUB b 1', '']) {
    expect(() => asker.publish(subject, 'x')).toThrow('not a subject to publish');
    expect(() => asker.subscribe(subject, () => undefined)).toThrow('not a subject to subscribe');
    await expect(asker.request(subject, 'x', 100)).rejects.toThrow('not a subject to publish');
  }
  await asker.flush();
});

it('a request with a header that cannot be sent throws, and is answered no more', async () => {
  const { asker, answerer } = await pair();
  const subject = freshSubject();
  answerer.subscribe(subject, () => undefined);
  await answerer.flush();
  const replies: unknown[] = [];
  const note = (reply: unknown): void => void replies.push(reply);
  expect(() => asker.send(subject, 'x', 40, note, { headers: { Where: 'a\r\nb' } })).toThrow();
  // Sent later with the same time, so it is told later.
  expect(await asker.request(subject, 'x', 40)).toEqual({ status: 'timeout' });
  expect(replies).toEqual([]);
});

describe('stopping', () => {
  it('a subscription gives no message to the handler afterwards', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    const subscription = answerer.subscribe(subject, (_subject, _payload, respond) => respond('here'));
    await answerer.flush();
    expect(textOf(await asker.request(subject, 'x', 5_000))).toBe('here');
    await subscription.stop();
    expect(await asker.request(subject, 'x', 5_000)).toEqual({ status: 'no-responders' });
  });

  it('a connection waits for the answers still owed, then closes', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    const arrived = Promise.withResolvers<() => void>();
    answerer.subscribe(subject, (_subject, _payload, respond) => arrived.resolve(() => respond('late')));
    await answerer.flush();
    const reply = asker.request(subject, 'x', 10_000);
    const respond = await arrived.promise;
    const closing = answerer.close();
    expect(answerer.close()).toBe(closing);
    setImmediate(respond);
    expect(await closing).toEqual({ unanswered: 0 });
    expect(textOf(await reply)).toBe('late');
    expect(await answerer.closed).toBeUndefined();
    expect(await answerer.request(subject, 'x', 100)).toEqual({ status: 'not-sent', reason: 'closed' });
    expect(answerer.publish(subject, 'x')).toBe(false);
  });

  it('a connection tells how many answers it gave up on', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    let arrived = 0;
    answerer.subscribe(subject, () => void arrived++);
    await answerer.flush();
    const reply = asker.request(subject, 'x', 200);
    await expect.poll(() => arrived).toBe(1);
    expect(await answerer.close(50)).toEqual({ unanswered: 1 });
    expect(await reply).toEqual({ status: 'timeout' });
  });

  it('a connection settles what it still waits for', async () => {
    const { asker, answerer } = await pair();
    const subject = freshSubject();
    answerer.subscribe(subject, () => undefined);
    await answerer.flush();
    const reply = asker.request(subject, 'x', 60_000);
    await asker.close();
    expect(await reply).toEqual({ status: 'connection-lost' });
  });
});

function raise(): never {
  throw new Error('bug');
}
