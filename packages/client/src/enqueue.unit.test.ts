import { REPLY_HEADER } from '@fleetbook/contracts';
import { expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import type { Surroundings, Transport } from './transport.ts';

const REPLY_TO = '_INBOX.agent.agent-1.outcome';

/** A client whose server says these things in turn, the last one again and again. */
function clientHearing(...answers: readonly unknown[]) {
  const sent: { readonly subject: string; readonly headers: unknown }[] = [];
  let nowMs = 1_000;
  const transport: Transport = {
    send(subject, _payload, _timeoutMs, onReply, options) {
      sent.push({ subject, headers: options?.headers });
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      onReply({ ok: true, value: Buffer.from(JSON.stringify(answer)) });
    },
  };
  const surroundings: Surroundings = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      nowMs += delayMs;
      queueMicrotask(callback);
    },
    random: () => 0.5,
    newId: () => 'c-1',
  };
  const origin = { client: 'test', version: '1', host: 'here' };
  const settings = { cell: 'main', role: 'agent', actor: 'agent-1', origin } as const;
  const client = createClient({ ...settings, timeoutMs: 5_000, attemptTimeoutMs: 1_000 }, transport, surroundings);
  const enqueue = (replyTo = REPLY_TO) =>
    client.enqueue('RegisterNode', { node: 'n-1', bootId: 'boot-1' }, { replyTo });
  return { enqueue, sent };
}

it('a command is enqueued once the server says that it has it, and names where its sender waits', async () => {
  const { enqueue, sent } = clientHearing({ stream: 'FLEETBOOK_main_INBOX', seq: 17 });
  expect(await enqueue()).toEqual({ outcome: 'enqueued', commandId: 'c-1', sequence: 17 });
  expect(sent).toEqual([
    { subject: 'fleetbook.v1.main.inbox.agent.agent-1.RegisterNode', headers: { [REPLY_HEADER]: REPLY_TO } },
  ]);
});

it.each(['a\r\nb', 'orders.outcome', '', '_INBOX.a b'])(
  'a place for the outcome that is no inbox is refused, and nothing is put: %j',
  async (replyTo) => {
    const { enqueue, sent } = clientHearing({ stream: 'FLEETBOOK_main_INBOX', seq: 17 });
    expect(await enqueue(replyTo)).toMatchObject({
      outcome: 'error',
      commandId: 'c-1',
      error: { code: 'INVALID_FIELD', details: { path: 'replyTo' } },
    });
    expect(sent).toEqual([]);
  },
);

it('a full inbox is tried again, and overloaded while it stays full', async () => {
  const full = { error: { code: 503, err_code: 10077, description: 'maximum messages exceeded' } };
  const emptied = clientHearing(full, full, { stream: 'FLEETBOOK_main_INBOX', seq: 18 });
  expect(await emptied.enqueue()).toMatchObject({ outcome: 'enqueued', sequence: 18 });
  const { enqueue } = clientHearing(full);
  expect(await enqueue()).toMatchObject({ outcome: 'error', commandId: 'c-1', error: { code: 'OVERLOADED' } });
});

it.each([{ error: { code: 500, description: 'disk failed' } }, { outcome: 'accepted' }, 'noise'])(
  'an answer that acknowledges nothing leaves it unkept: %j',
  async (answer) => {
    const { enqueue } = clientHearing(answer);
    expect(await enqueue()).toMatchObject({ outcome: 'error', error: { code: 'UNAVAILABLE' } });
  },
);
