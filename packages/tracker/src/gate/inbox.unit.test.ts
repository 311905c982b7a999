import { describe, expect, it } from 'vitest';
import { Inbox, type InboxItem, type InboxLimits } from './inbox.ts';

const PREFIX = 'fleetbook.v1.main.cmd.';
const LIMITS: InboxLimits = { messages: 1_000, bytes: 1_000_000, releaseShare: 0 };

let made = 0;

function item(actor: string, { command = 'ClaimInstance', bytes = 100 } = {}): InboxItem {
  made += 1;
  return {
    subject: `${PREFIX}agent.${actor}.${command}`,
    payload: Buffer.alloc(bytes),
    respond: () => undefined,
    arrivedMs: made,
    endsMs: Infinity,
  };
}

const actorOf = ({ subject }: InboxItem): string => subject.split('.')[5] ?? '';

function inboxOf(limits: Partial<InboxLimits> = {}): Inbox {
  return new Inbox({ ...LIMITS, ...limits }, PREFIX);
}

/** How many of these were taken in. */
function offerAll(inbox: Inbox, actor: string, count: number, more?: Parameters<typeof item>[1]): number {
  return Array.from({ length: count }, () => inbox.offer(item(actor, more))).filter((isTaken) => isTaken).length;
}

function takeAll(inbox: Inbox): readonly InboxItem[] {
  const taken: InboxItem[] = [];
  for (let next = inbox.take(); next !== undefined; next = inbox.take()) {
    taken.push(next);
  }
  return taken;
}

describe('while few messages wait', () => {
  it('gives them in the order they came, whoever sent them', () => {
    const inbox = inboxOf();
    const items = Array.from({ length: 200 }, (_, index) => item(`actor-${index % 3}`));
    expect(items.every((each) => inbox.offer(each))).toBe(true);
    expect(inbox.oldestMs).toBe(items[0]?.arrivedMs);
    expect(takeAll(inbox)).toEqual(items);
    expect([inbox.size, inbox.oldestMs]).toEqual([0, undefined]);
  });
});

describe('when many messages wait', () => {
  it('gives every actor its turn, however many another has waiting', () => {
    const inbox = inboxOf();
    offerAll(inbox, 'flooder', 400);
    const honest = ['a', 'b', 'c', 'd'];
    for (const actor of honest) {
      expect(offerAll(inbox, actor, 5)).toBe(5);
    }
    const first = takeAll(inbox).slice(0, 60).map(actorOf);
    for (const actor of honest) {
      expect(first.filter((each) => each === actor)).toHaveLength(5);
    }
  });

  it('keeps the messages of one actor in their order', () => {
    const inbox = inboxOf();
    for (let index = 0; index < 500; index += 1) {
      inbox.offer(item(`actor-${index % 7}`));
    }
    const taken = takeAll(inbox);
    expect(taken).toHaveLength(500);
    for (const actor of new Set(taken.map(actorOf))) {
      const times = taken.filter((each) => actorOf(each) === actor).map(({ arrivedMs }) => arrivedMs);
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }
  });

  it('counts the length of messages, so that batches are no way past the others', () => {
    const inbox = inboxOf({ bytes: 100_000_000 });
    offerAll(inbox, 'batches', 300, { command: 'Batch', bytes: 20_000 });
    offerAll(inbox, 'singles', 300, { bytes: 400 });
    const first = takeAll(inbox).slice(0, 100);
    const bytesOf = (actor: string): number =>
      first.filter((each) => actorOf(each) === actor).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(bytesOf('batches')).toBeLessThan(2 * bytesOf('singles') + 20_000);
  });

  it('leaves room for one who has none waiting, however much others send', () => {
    const inbox = inboxOf();
    expect(offerAll(inbox, 'flooder-1', 5_000)).toBe(500);
    const second = offerAll(inbox, 'flooder-2', 5_000);
    expect(second).toBe(250);
    expect(offerAll(inbox, 'honest', 100)).toBe(100);
    expect(inbox.size).toBe(850);
  });

  it('tells actors apart by the part of the subject that access control holds them to', () => {
    const inbox = inboxOf();
    const taken = Array.from({ length: 1_000 }, (_, index) =>
      inbox.offer(item('flooder', { command: `made-up-${index}.ClaimInstance` })),
    );
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(500);
  });

  it('is first in, first out again when all have been taken', () => {
    const inbox = inboxOf();
    offerAll(inbox, 'flooder', 400);
    takeAll(inbox);
    const items = [item('a'), item('b'), item('a')];
    for (const each of items) {
      inbox.offer(each);
    }
    expect(takeAll(inbox)).toEqual(items);
  });

  it('keeps alive only the bytes of what waits, not all that came with it', () => {
    const inbox = inboxOf();
    offerAll(inbox, 'flooder', 300);
    const together = Buffer.alloc(1_000_000);
    inbox.offer({ ...item('honest'), payload: together.subarray(10, 20) });
    const kept = takeAll(inbox).find((each) => actorOf(each) === 'honest')?.payload;
    expect(kept).toHaveLength(10);
    expect(kept?.buffer).not.toBe(together.buffer);
  });
});

describe('room', () => {
  it('ends with the number of messages and with their bytes', () => {
    expect(offerAll(inboxOf({ messages: 10 }), 'a', 20)).toBe(10);
    expect(offerAll(inboxOf({ bytes: 1_000 }), 'a', 20, { bytes: 300 })).toBe(3);
  });

  it('is given back by what is taken', () => {
    const inbox = inboxOf({ messages: 10, bytes: 1_000 });
    offerAll(inbox, 'a', 20);
    takeAll(inbox);
    expect(offerAll(inbox, 'a', 20)).toBe(10);
  });

  it('is kept for releases in part', () => {
    const inbox = inboxOf({ messages: 8, releaseShare: 0.25 });
    expect(offerAll(inbox, 'a', 20)).toBe(6);
    expect(offerAll(inbox, 'b', 20, { command: 'ConfirmClaim' })).toBe(0);
    expect(offerAll(inbox, 'b', 20, { command: 'DropInstance' })).toBe(2);
    expect(inbox.size).toBe(8);
  });

  it('is kept for releases of a flooder too, as far as its share goes', () => {
    const inbox = inboxOf({ releaseShare: 0.125 });
    offerAll(inbox, 'flooder', 2_000);
    expect(offerAll(inbox, 'flooder', 2_000, { command: 'AbortClaim' })).toBeGreaterThan(0);
    expect(offerAll(inbox, 'honest', 50, { command: 'DropInstance' })).toBe(50);
  });
});
