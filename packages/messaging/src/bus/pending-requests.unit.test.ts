import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Reply } from './bus.ts';
import { PendingRequests } from './pending-requests.ts';

const answer: Reply = { status: 'reply', payload: Buffer.from('x') };
let replies: string[];
let thrown: unknown[];
let pending: PendingRequests;

const note = (name: string) => (reply: Reply) => void replies.push(`${name} ${reply.status}`);

beforeEach(() => {
  vi.useFakeTimers();
  replies = [];
  thrown = [];
  pending = new PendingRequests((error) => void thrown.push(error));
});

afterEach(() => {
  vi.useRealTimers();
});

it('hands an answer to the request it belongs to, once', () => {
  const first = pending.add(100, note('first'));
  const second = pending.add(100, note('second'));
  pending.settle(second, answer);
  pending.settle(second, answer);
  pending.settle(first, answer);
  expect(replies).toEqual(['second reply', 'first reply']);
});

it('ends each request when its own time is over, not before and at most 40 ms later', () => {
  pending.add(500, note('long'));
  pending.add(100, note('short'));
  vi.advanceTimersByTime(99);
  expect(replies).toEqual([]);
  vi.advanceTimersByTime(41);
  expect(replies).toEqual(['short timeout']);
  vi.advanceTimersByTime(359);
  expect(replies).toEqual(['short timeout']);
  vi.advanceTimersByTime(41);
  expect(replies).toEqual(['short timeout', 'long timeout']);
});

it('ignores an answer that comes after the time is over', () => {
  const token = pending.add(20, note('late'));
  vi.advanceTimersByTime(60);
  pending.settle(token, answer);
  expect(replies).toEqual(['late timeout']);
});

it('hands on an answer that comes late, once, while it is awaited', () => {
  let isAwaited = true;
  const [first, second, third] = ['first', 'second', 'third'].map((name) =>
    pending.add(20, note(name), () => isAwaited),
  );
  vi.advanceTimersByTime(60);
  pending.settle(first ?? '', answer);
  pending.settle(first ?? '', answer);
  vi.advanceTimersByTime(5_000);
  pending.settle(second ?? '', answer);
  isAwaited = false;
  vi.advanceTimersByTime(1_100);
  pending.settle(third ?? '', answer);
  const timeouts = ['first timeout', 'second timeout', 'third timeout'];
  expect(replies).toEqual([...timeouts, 'first reply', 'second reply']);
  expect(vi.getTimerCount()).toBe(0);
});

it('tells of a late request nothing but an answer', () => {
  pending.add(20, note('late'), () => true);
  vi.advanceTimersByTime(60);
  pending.settleAll({ status: 'connection-lost' });
  expect(replies).toEqual(['late timeout']);
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps no timer while nothing is pending', () => {
  const token = pending.add(100, note('only'));
  expect(vi.getTimerCount()).toBe(1);
  pending.settle(token, answer);
  expect(vi.getTimerCount()).toBe(0);
});

it('serves a request that is sent from within an answer', () => {
  const first = pending.add(100, () => {
    pending.add(100, note('second'));
  });
  pending.settle(first, answer);
  vi.advanceTimersByTime(140);
  expect(replies).toEqual(['second timeout']);
});

it('ends also a request without time', () => {
  pending.add(0, note('none'));
  vi.advanceTimersByTime(40);
  expect(replies).toEqual(['none timeout']);
});

it('settles all at once, without those that are added meanwhile', () => {
  pending.add(100, (reply) => {
    note('first')(reply);
    pending.add(100, note('again'));
  });
  pending.add(100, note('second'));
  pending.settleAll({ status: 'connection-lost' });
  expect(replies).toEqual(['first connection-lost', 'second connection-lost']);
});

it('reports a throw in one answer and goes on with the next', () => {
  pending.add(20, () => {
    throw new Error('bug');
  });
  pending.add(20, note('second'));
  vi.advanceTimersByTime(60);
  expect(replies).toEqual(['second timeout']);
  expect(thrown).toEqual([new Error('bug')]);
});
