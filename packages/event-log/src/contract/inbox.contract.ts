import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandInbox, type InboxLimits, type InboxMessage, InboxUnfitError } from '../inbox-port.ts';

/** One inbox that is not there yet, and a sender. */
export interface InboxHarness {
  open(): Promise<CommandInbox>;
  /** The sequence of the message; undefined when it was not taken. */
  put(command: string, payload: string, options?: { replyTo?: string }): Promise<number | undefined>;
  dispose(): Promise<void>;
}

export type CreateInboxHarness = (limits: InboxLimits) => Promise<InboxHarness>;

const LIMITS: InboxLimits = { messages: 8, bytes: 4_096, messagesPerSubject: 6 };

async function readAll(inbox: CommandInbox, after = 0): Promise<readonly InboxMessage[]> {
  const messages: InboxMessage[] = [];
  for (let next = await inbox.next(after); next !== undefined; next = await inbox.next(next.sequence)) {
    messages.push(next);
  }
  return messages;
}

const sequencesOf = (messages: readonly InboxMessage[]): readonly number[] => messages.map(({ sequence }) => sequence);

/** The rules of the CommandInbox port, run against one adapter. */
export function describeInbox(name: string, createHarness: CreateInboxHarness): void {
  describe(`command inbox: ${name}`, () => {
    let harness: InboxHarness;
    let inbox: CommandInbox;

    beforeEach(async () => {
      harness = await createHarness(LIMITS);
      inbox = await harness.open();
    });

    afterEach(() => harness.dispose());

    async function fill(count: number): Promise<void> {
      for (let index = 1; index <= count; index += 1) {
        await harness.put('RegisterNode', `payload ${index}`);
      }
    }

    it('takes nothing before it is made', async () => {
      expect(await harness.put('RegisterNode', 'early')).toBeUndefined();
    });

    it('gives what was put in order, with where and when it was put', async () => {
      await inbox.prepare(0);
      expect(await inbox.next(0)).toBeUndefined();
      const before = Date.now();
      await harness.put('RegisterNode', 'first', { replyTo: '_INBOX.agent.a-1.x' });
      await harness.put('ConfirmClaim', 'second');
      const messages = await readAll(inbox);
      expect(messages.map(({ payload, ...rest }) => ({ ...rest, text: Buffer.from(payload).toString() }))).toEqual([
        expect.objectContaining({ sequence: 1, text: 'first', replyTo: '_INBOX.agent.a-1.x' }),
        expect.objectContaining({ sequence: 2, text: 'second', replyTo: undefined }),
      ]);
      expect(messages.map(({ subject }) => subject.split('.').at(-1))).toEqual(['RegisterNode', 'ConfirmClaim']);
      for (const { storedAt } of messages) {
        expect(Math.abs(storedAt - before)).toBeLessThan(60_000);
      }
    });

    it('begins behind what has been dealt with where it is made anew', async () => {
      await inbox.prepare(41);
      expect(await harness.put('RegisterNode', 'first')).toBe(42);
      expect(sequencesOf(await readAll(inbox))).toEqual([42]);
    });

    it('keeps what is in it when it is prepared again', async () => {
      await inbox.prepare(0);
      await fill(3);
      await (await harness.open()).prepare(2);
      expect(sequencesOf(await readAll(inbox))).toEqual([1, 2, 3]);
    });

    it('is not used when it ends before what has been dealt with', async () => {
      await inbox.prepare(0);
      await fill(3);
      await expect(inbox.prepare(4)).rejects.toThrow(InboxUnfitError);
    });

    it('says how much of its room is taken, by messages or by bytes', async () => {
      expect(await inbox.prepare(0)).toBe(0);
      await fill(4);
      expect(await inbox.prepare(0)).toBe(4 / LIMITS.messages);
      await harness.put('ConfirmClaim', 'x'.repeat(0.7 * LIMITS.bytes));
      expect(await inbox.prepare(0)).toBeGreaterThan(0.7);
      await inbox.trim(5, [1]);
      expect(await inbox.prepare(0)).toBe(1 / LIMITS.messages);
    });

    it('takes nothing more once it has lost messages, and keeps what it has for whoever looks into it', async () => {
      await inbox.prepare(0);
      await fill(3);
      await expect(inbox.trim(4, [])).rejects.toThrow(InboxUnfitError);
      await expect(inbox.prepare(4)).rejects.toThrow(InboxUnfitError);
      expect(await harness.put('RegisterNode', 'one more')).toBeUndefined();
      await expect((await harness.open()).prepare(3)).rejects.toThrow(InboxUnfitError);
      expect(sequencesOf(await readAll(inbox))).toEqual([1, 2, 3]);
    });

    it('takes no more than it has room for, and keeps what it has', async () => {
      await inbox.prepare(0);
      await fill(LIMITS.messagesPerSubject);
      await harness.put('ConfirmClaim', 'another');
      await harness.put('ConfirmClaim', 'and another');
      expect(await harness.put('RegisterNode', 'too many')).toBeUndefined();
      expect((await readAll(inbox)).length).toBe(LIMITS.messages);
      await inbox.trim(1, []);
      expect(await harness.put('RegisterNode', 'fits again')).toBe(LIMITS.messages + 1);
      await inbox.trim(LIMITS.messages, []);
      expect(await harness.put('RegisterNode', 'x'.repeat(LIMITS.bytes))).toBeUndefined();
    });

    it('takes no more of one sender and command than its share, and takes more of others', async () => {
      await inbox.prepare(0);
      await fill(LIMITS.messagesPerSubject + 1);
      expect((await readAll(inbox)).length).toBe(LIMITS.messagesPerSubject);
      expect(await harness.put('ConfirmClaim', 'another')).toBe(LIMITS.messagesPerSubject + 1);
      await inbox.trim(1, []);
      expect(await harness.put('RegisterNode', 'fits again')).toBe(LIMITS.messagesPerSubject + 2);
    });

    it('lets go of what has been dealt with, and of nothing else', async () => {
      await inbox.prepare(0);
      await fill(6);
      await inbox.trim(5, [2, 4]);
      expect(sequencesOf(await readAll(inbox))).toEqual([2, 4, 6]);
      await inbox.trim(5, [4]);
      expect(sequencesOf(await readAll(inbox))).toEqual([4, 6]);
      await inbox.trim(6, []);
      expect(await readAll(inbox)).toEqual([]);
      expect(await harness.put('RegisterNode', 'next')).toBe(7);
    });

    it('keeps of every sender and command what is to be kept', async () => {
      await inbox.prepare(0);
      const commands = ['RegisterNode', 'ConfirmClaim', 'ConfirmClaim', 'RegisterNode', 'ConfirmClaim', 'ConfirmClaim'];
      for (const command of [...commands, 'RegisterNode']) {
        await harness.put(command, 'payload');
      }
      await inbox.trim(6, [1, 5]);
      expect(sequencesOf(await readAll(inbox))).toEqual([1, 5, 7]);
      await inbox.trim(6, [5]);
      expect(sequencesOf(await readAll(inbox))).toEqual([5, 7]);
    });

    it('keeps everything behind its first message when that is to be kept', async () => {
      await inbox.prepare(0);
      await fill(4);
      await inbox.trim(3, [1, 2, 3]);
      expect(sequencesOf(await readAll(inbox))).toEqual([1, 2, 3, 4]);
      await inbox.trim(3, [1]);
      expect(sequencesOf(await readAll(inbox))).toEqual([1, 4]);
    });
  });
}
