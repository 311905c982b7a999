import { type CommandReply, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import type { Surroundings, Transport } from './transport.ts';

interface Sent {
  readonly subject: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const answer = (value: unknown): Result<Uint8Array, FleetbookError> => ({
  ok: true,
  value: Buffer.from(JSON.stringify(value)),
});

const failure = (error: FleetbookError): Result<Uint8Array, FleetbookError> => ({ ok: false, error });

const unanswered = failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 }));

const accepted = (number: number): CommandReply => ({
  outcome: 'accepted',
  commandId: 'c-1',
  token: `history.${number}`,
  at: 1_000,
  result: { type: 'EnableNode', node: 'n-1' },
});

/** A client whose requests meet the given answers in turn, on a clock that only its own waiting moves. */
const clientMeeting = (...answers: readonly Result<Uint8Array, FleetbookError>[]) => {
  const sent: Sent[] = [];
  let first: ((reply: Result<Uint8Array, FleetbookError>) => void) | undefined;
  let late: Result<Uint8Array, FleetbookError> | undefined;
  const waits: number[] = [];
  let nowMs = 1_000_000;
  let wallMs = 0;
  const transport: Transport = {
    send: (subject, payload, timeoutMs, onReply) => {
      sent.push({ subject, body: JSON.parse(Buffer.from(payload).toString()) });
      const next = answers[Math.min(sent.length, answers.length) - 1];
      if (next === undefined) throw new Error('no answer prepared');
      if (!next.ok && next.error.code === 'TIMEOUT') nowMs += timeoutMs;
      first ??= onReply;
      const lateReply = sent.length === 2 ? late : undefined;
      if (lateReply !== undefined) queueMicrotask(() => first?.(lateReply));
      queueMicrotask(() => onReply(next));
    },
  };
  const surroundings: Surroundings = {
    now: () => nowMs + wallMs,
    monotonicMs: () => nowMs,
    after: (delayMs, callback) => {
      waits.push(delayMs);
      nowMs += delayMs;
      queueMicrotask(callback);
    },
    random: () => 0.5,
    newId: () => 'made-id',
  };
  const client = createClient(
    {
      cell: 'main',
      role: 'operator',
      actor: 'ops.1',
      origin: { client: 'test', version: '1', host: 'here' },
      timeoutMs: 5_000,
      attemptTimeoutMs: 1_000,
    },
    transport,
    surroundings,
  );
  const setWallClock = (byMs: number): void => {
    wallMs += byMs;
  };
  /** To the first attempt, while the second is under way. */
  const answerLate = (reply: Result<Uint8Array, FleetbookError>): void => {
    late = reply;
  };
  return { client, sent, waits, setWallClock, answerLate, elapsedMs: () => nowMs - 1_000_000 };
};

describe('the time of a command', () => {
  it.each([-3_600_000, 3_600_000])('is up after the same wait when the wall clock is set by %i ms', async (byMs) => {
    const { client, waits, setWallClock } = clientMeeting(failure(fleetbookError('NO_RESPONDERS')));
    const sending = client.send('EnableNode', { node: 'n-1' });
    setWallClock(byMs);
    expect(await sending).toMatchObject({ error: { code: 'NO_RESPONDERS' } });
    const waitedMs = waits.reduce((sum, wait) => sum + wait, 0);
    expect(waitedMs).toBeGreaterThan(3_500);
    expect(waitedMs).toBeLessThanOrEqual(5_000);
  });
});

describe('an answer that is no reply of this contract', () => {
  const strange: readonly unknown[] = [
    null,
    [],
    { outcome: 'error' },
    { outcome: 'error', error: null },
    { outcome: 'error', error: { code: 'OVERLOADED', retry: 'same-id' } },
    { outcome: 'accepted', commandId: 'c-1' },
    { outcome: 'answer', answer: {} },
  ];

  it.each(strange)('is INTERNAL_ERROR, and ends the waiting: %j', async (reply) => {
    const { client } = clientMeeting(answer(reply));
    const expected = { outcome: 'error', error: { code: 'INTERNAL_ERROR' } };
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject(expected);
    expect(await client.sendBatch([{ type: 'EnableNode', node: 'n-1' }])).toMatchObject(expected);
    expect(await client.ask('nodes', {})).toMatchObject(expected);
    const { client: batching } = clientMeeting(answer({ outcomes: [reply] }));
    expect(await batching.sendBatch([{ type: 'EnableNode', node: 'n-1' }])).toMatchObject(expected);
  });
});

describe('a command', () => {
  it('travels on the subject of its actor, with id, time and origin', async () => {
    const { client, sent } = clientMeeting(answer(accepted(7)));
    expect(await client.send('EnableNode', { node: 'n-1' })).toEqual(accepted(7));
    expect(sent).toEqual([
      {
        subject: 'fleetbook.v1.main.cmd.operator._b3BzLjE.EnableNode',
        body: {
          commandId: 'made-id',
          issuedAt: 1_000_000,
          origin: { client: 'test', version: '1', host: 'here' },
          node: 'n-1',
        },
      },
    ]);
  });

  it('is repeated byte for byte after a time-out, nobody answering and an undecided answer', async () => {
    const undecided = { outcome: 'error', error: fleetbookError('OUTCOME_UNKNOWN') };
    const { client, sent } = clientMeeting(
      failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 })),
      failure(fleetbookError('NO_RESPONDERS', { subject: 's' })),
      answer(undecided),
      answer(accepted(7)),
    );
    expect(await client.send('EnableNode', { node: 'n-1' })).toEqual(accepted(7));
    expect(sent).toHaveLength(4);
    for (const { body } of sent) expect(body).toEqual(sent[0]?.body);
  });

  it('waits as long as an overloaded service asks for, and not all for equally long', async () => {
    const overloaded = { outcome: 'error', error: fleetbookError('OVERLOADED', { retryAfterMs: 700 }) };
    const { client, waits } = clientMeeting(answer(overloaded), answer(accepted(7)));
    await client.send('EnableNode', { node: 'n-1' });
    expect(waits).toEqual([788]);
  });

  it('ends as TIMEOUT when the time is up and an attempt may have arrived', async () => {
    const { client } = clientMeeting(
      failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 })),
      failure(fleetbookError('NO_RESPONDERS', { subject: 's' })),
    );
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject({
      outcome: 'error',
      commandId: 'made-id',
      error: { code: 'TIMEOUT', retry: 'same-id' },
    });
  });

  it("states the time it was given in whole milliseconds, whatever was left of somebody else's", async () => {
    const { client } = clientMeeting(failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 })));
    const reply = await client.send('EnableNode', { node: 'n-1' }, { timeoutMs: 2_834.635_754 });
    expect(reply).toMatchObject({ error: { code: 'TIMEOUT', message: 'No answer within 2835 ms.' } });
  });

  it('takes the answer to an attempt that was given up, however late it comes', async () => {
    const { client, sent, answerLate } = clientMeeting(failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 })));
    const sending = client.send('EnableNode', { node: 'n-1' });
    answerLate(answer(accepted(7)));
    expect(await sending).toEqual(accepted(7));
    expect(sent).toHaveLength(2);
  });

  it('is not sent once more because of an undecided answer that comes late', async () => {
    const undecided = { outcome: 'error', error: fleetbookError('OVERLOADED', { retryAfterMs: 700 }) };
    const { client, sent, answerLate } = clientMeeting(unanswered, unanswered, answer(accepted(7)));
    const sending = client.send('EnableNode', { node: 'n-1' });
    answerLate(answer(undecided));
    expect(await sending).toEqual(accepted(7));
    expect(sent).toHaveLength(3);
  });

  it('is sent again within a quarter of a second while nobody is in office', async () => {
    const { client, waits } = clientMeeting(failure(fleetbookError('NO_RESPONDERS', { subject: 's' })));
    await client.send('EnableNode', { node: 'n-1' });
    expect(Math.max(...waits)).toBeLessThanOrEqual(250);
  });

  it.each([
    fleetbookError('NO_RESPONDERS', { subject: 's' }),
    fleetbookError('UNAVAILABLE', { service: 'NATS', reason: 'disconnected' }),
    fleetbookError('TIMEOUT', { timeoutMs: 1_000 }),
  ])('is sent again up to the end of its time: $code', async (error) => {
    const { client, waits, elapsedMs } = clientMeeting(failure(error));
    await client.send('EnableNode', { node: 'n-1' }, { timeoutMs: 1_500 });
    expect(elapsedMs()).toBeGreaterThan(1_450);
    expect(elapsedMs()).toBeLessThanOrEqual(1_500);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10);
  });

  it.each(['Nope', 'Batch', 'toString', ''])('is none of the name %j', async (name) => {
    const { client, sent } = clientMeeting();
    const sending = Reflect.apply(client.send, client, [name, { node: 'n-1' }]);
    await expect(sending).rejects.toThrow(new RangeError(`not a command: ${JSON.stringify(name)}`));
    expect(sent).toEqual([]);
  });

  it('ends as soon as the connection is closed for good', async () => {
    const closed = failure(fleetbookError('UNAVAILABLE', { service: 'NATS', reason: 'closed' }));
    const { client, sent } = clientMeeting(closed);
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    expect(sent).toHaveLength(1);
    const { client: cut } = clientMeeting(failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 })), closed);
    const expected = { code: 'TIMEOUT', message: 'No answer within 1015 ms.' };
    expect(await cut.send('EnableNode', { node: 'n-1' })).toMatchObject({ error: expected });
  });

  it('ends as NO_RESPONDERS when no attempt can have arrived', async () => {
    const { client } = clientMeeting(failure(fleetbookError('NO_RESPONDERS', { subject: 's' })));
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject({ error: { code: 'NO_RESPONDERS' } });
  });

  it('is not repeated when it was refused', async () => {
    const refused = { ...accepted(8), outcome: 'refused', error: fleetbookError('NODE_RETIRED', { node: 'n-1' }) };
    const { client, sent } = clientMeeting(answer(refused));
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject({ error: { code: 'NODE_RETIRED' } });
    expect(sent).toHaveLength(1);
  });

  it('goes again with the time of the ledger when its own clock is ahead', async () => {
    const ahead = { outcome: 'error', at: 400_000, error: fleetbookError('CLOCK_AHEAD', { at: 400_000 }) };
    const { client, sent } = clientMeeting(answer(ahead), answer(accepted(7)));
    expect(await client.send('EnableNode', { node: 'n-1' }, { commandId: 'mine' })).toEqual(accepted(7));
    expect(sent.map(({ body }) => [body['commandId'], body['issuedAt']])).toEqual([
      ['mine', 1_000_000],
      ['mine', 400_000],
    ]);
  });

  it('goes again with the time of the ledger when its own clock is far behind', async () => {
    const late = { outcome: 'error', at: 9_000_000, error: fleetbookError('COMMAND_TOO_OLD', { at: 9_000_000 }) };
    const { client, sent } = clientMeeting(answer(late), answer(accepted(7)));
    expect(await client.send('EnableNode', { node: 'n-1' })).toEqual(accepted(7));
    expect(sent.map(({ body }) => body['issuedAt'])).toEqual([1_000_000, 9_000_000]);
  });

  it('keeps its time once it may have been decided, though that was long ago', async () => {
    const late = { outcome: 'error', at: 9_000_000, error: fleetbookError('COMMAND_TOO_OLD', { at: 9_000_000 }) };
    const { client, sent } = clientMeeting(unanswered, answer(late), answer(accepted(7)), answer(accepted(8)));
    expect(await client.send('EnableNode', { node: 'n-1' })).toEqual(late);
    expect(sent.map(({ body }) => body['issuedAt'])).toEqual([1_000_000, 1_000_000]);
    await client.send('EnableNode', { node: 'n-2' });
    expect(sent.at(-1)?.body['issuedAt']).toBe(9_000_000);
  });

  it('repeats the time it is given, and does not correct it', async () => {
    const ahead = { outcome: 'error', at: 400_000, error: fleetbookError('CLOCK_AHEAD', { at: 400_000 }) };
    const { client, sent } = clientMeeting(answer(ahead), answer(accepted(7)));
    const options = { commandId: 'mine', issuedAt: 999_000 };
    expect(await client.send('EnableNode', { node: 'n-1' }, options)).toEqual(ahead);
    expect(await client.send('EnableNode', { node: 'n-1' }, options)).toEqual(accepted(7));
    expect(sent.map(({ body }) => body['issuedAt'])).toEqual([999_000, 999_000]);
  });

  it('answers a typed error when the reply cannot be read', async () => {
    const { client } = clientMeeting({ ok: true, value: Buffer.from('not json') });
    expect(await client.send('EnableNode', { node: 'n-1' })).toMatchObject({ error: { code: 'INTERNAL_ERROR' } });
  });
});

describe('a batch', () => {
  it('is repeated whole while one of its commands is undecided', async () => {
    const undecided = { outcome: 'error', error: fleetbookError('OVERLOADED') };
    const { client, sent } = clientMeeting(
      answer({ outcomes: [accepted(7), undecided] }),
      answer({ outcomes: [accepted(7), accepted(8)] }),
    );
    const reply = await client.sendBatch([
      { type: 'EnableNode', node: 'n-1', commandId: 'c-1' },
      { type: 'EnableNode', node: 'n-2', commandId: 'c-2' },
    ]);
    expect(reply).toEqual({ outcomes: [accepted(7), accepted(8)] });
    expect(sent[1]?.body).toEqual(sent[0]?.body);
    expect(client.token()).toBe('history.8');
  });

  it('goes again with the time of the ledger, without the commands that have their outcome', async () => {
    const ahead = { outcome: 'error', at: 400_000, error: fleetbookError('CLOCK_AHEAD', { at: 400_000 }) };
    const { client, sent } = clientMeeting(
      answer({ outcomes: [ahead, accepted(7), ahead] }),
      answer({ outcomes: [accepted(8), accepted(9)] }),
      answer({ outcomes: [accepted(10)] }),
    );
    const entry = (commandId: string) => ({ type: 'EnableNode', node: 'n-1', commandId }) as const;
    const reply = await client.sendBatch([entry('c-1'), entry('c-2'), entry('c-3')]);
    expect(reply).toEqual({ outcomes: [accepted(8), accepted(7), accepted(9)] });
    await client.sendBatch([entry('c-4')]);
    const times = sent.map(({ body }) => body['commands']);
    expect(times).toMatchObject([
      [{ issuedAt: 1_000_000 }, { issuedAt: 1_000_000 }, { issuedAt: 1_000_000 }],
      [
        { commandId: 'c-1', issuedAt: 400_000 },
        { commandId: 'c-3', issuedAt: 400_000 },
      ],
      [{ commandId: 'c-4', issuedAt: 400_000 }],
    ]);
  });

  it('keeps the times of what may have been decided, though that was long ago', async () => {
    const late = { outcome: 'error', at: 9_000_000, error: fleetbookError('COMMAND_TOO_OLD', { at: 9_000_000 }) };
    const { client, sent } = clientMeeting(unanswered, answer({ outcomes: [late, accepted(7)] }));
    const entry = { type: 'EnableNode', node: 'n-1' } as const;
    expect(await client.sendBatch([entry, entry])).toEqual({ outcomes: [late, accepted(7)] });
    expect(sent.map(({ body }) => body)).toEqual([sent[0]?.body, sent[0]?.body]);
  });

  it('repeats the time it is given', async () => {
    const ahead = { outcome: 'error', at: 400_000, error: fleetbookError('CLOCK_AHEAD', { at: 400_000 }) };
    const { client, sent } = clientMeeting(answer({ outcomes: [ahead] }));
    const reply = await client.sendBatch([{ type: 'EnableNode', node: 'n-1' }], { issuedAt: 999_000 });
    expect(reply).toEqual({ outcomes: [ahead] });
    expect(sent).toHaveLength(1);
  });

  it('hands on the error of a message that is no batch', async () => {
    const { client } = clientMeeting(answer({ outcome: 'error', error: fleetbookError('BODY_TOO_LARGE') }));
    expect(await client.sendBatch([])).toMatchObject({ outcome: 'error', error: { code: 'BODY_TOO_LARGE' } });
  });
});

describe('a query', () => {
  const digest = (number: number) => ({ outcome: 'answer', token: `history.${number}`, at: 1, answer: {} });

  it('asks for at least what the client was told of, unless it may be older', async () => {
    const { client, sent } = clientMeeting(answer(accepted(7)), answer(digest(9)), answer(digest(9)));
    await client.send('EnableNode', { node: 'n-1' });
    await client.ask('digest', {});
    await client.ask('digest', {}, { mayBeOlder: true });
    expect(sent[1]?.body).toMatchObject({ atLeast: 'history.7' });
    expect(sent[2]?.body).not.toHaveProperty('atLeast');
    expect(client.token()).toBe('history.9');
  });

  it('is asked again while the projection is behind', async () => {
    const behind = { outcome: 'error', error: fleetbookError('PROJECTION_BEHIND', { wanted: 9, number: 7 }) };
    const { client, sent } = clientMeeting(answer(behind), answer(digest(9)));
    expect(await client.ask('digest', {})).toMatchObject({ outcome: 'answer' });
    expect(sent).toHaveLength(2);
  });

  it('forgets its token when the history has changed', async () => {
    const details = { wanted: 'history', historyId: 'another' };
    const changed = { outcome: 'error', error: fleetbookError('HISTORY_CHANGED', details) };
    const { client } = clientMeeting(answer(digest(9)), answer(changed));
    await client.ask('digest', {});
    expect(await client.ask('digest', {})).toMatchObject({ error: { code: 'HISTORY_CHANGED' } });
    expect(client.token()).toBeUndefined();
  });

  it('keeps its token when it is another one that is of a history that is no more', async () => {
    const details = { wanted: 'gone', historyId: 'history' };
    const changed = { outcome: 'error', error: fleetbookError('HISTORY_CHANGED', details) };
    const { client } = clientMeeting(
      answer({ outcome: 'answer', token: 'history.9', at: 1, answer: {} }),
      answer(changed),
    );
    await client.ask('digest', {});
    expect(await client.ask('digest', { atLeast: 'gone.1' })).toMatchObject({ error: { code: 'HISTORY_CHANGED' } });
    expect(client.token()).toBe('history.9');
  });

  it('tells the last reason that somebody gave, though another attempt met no answer', async () => {
    const late = failure(fleetbookError('TIMEOUT', { timeoutMs: 1_000 }));
    const indexing = fleetbookError('UNAVAILABLE', { service: 'replay', reason: 'the log is being indexed, 7 events' });
    const { client } = clientMeeting(late, answer({ outcome: 'error', error: indexing }), late);
    expect(await client.ask('digest', {})).toMatchObject({ error: indexing });
    const { client: unanswered } = clientMeeting(late);
    expect(await unanswered.ask('digest', {})).toMatchObject({ error: { code: 'TIMEOUT' } });
  });

  it('may take long where somebody is there to answer, and says why it is asked again', async () => {
    const indexing = fleetbookError('UNAVAILABLE', { service: 'replay', reason: 'the log is being indexed' });
    const { client, waits, sent } = clientMeeting(answer({ outcome: 'error', error: indexing }));
    const heard: unknown[] = [];
    const onAgain = (error: FleetbookError): void => void heard.push(error);
    const terms = { timeoutMs: 200_000, attemptTimeoutMs: 200_000, vacantTimeoutMs: 2_000, onAgain };
    expect(await client.ask('digest', {}, terms)).toMatchObject({ error: indexing });
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(190_000);
    expect(heard).toEqual(waits.map(() => indexing));
    expect(sent[0]?.body).toMatchObject({ deadlineMs: 10_000 });
    const { client: alone, waits: few } = clientMeeting(failure(fleetbookError('NO_RESPONDERS', { subject: 's' })));
    expect(await alone.ask('digest', {}, terms)).toMatchObject({ error: { code: 'NO_RESPONDERS' } });
    expect(few.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(2_000);
  });
});
