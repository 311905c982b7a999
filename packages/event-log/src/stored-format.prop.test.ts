import { hash } from 'node:crypto';
import type { JsonValue, LedgerEvent, RejectionDetails } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyChain } from './chain.ts';
import { createDigest } from './digest.ts';
import { encodeCommit, encodeEvent, eventBytesOf, hashCommand, joinCommit } from './encode.ts';
import { type Bookmark, type EncodedCommit, LogDamageError, ORIGIN } from './port.ts';
import { readChainedEvents, verifyCommit } from './verify.ts';

const AFTER: Bookmark = { ...ORIGIN, number: 41, hash: 'ab'.repeat(32), epoch: 3 };

/** No key that looks like an integer: JavaScript would move it to the front. `__proto__` is refused on the way in. */
const key = fc.string({ unit: 'grapheme' }).filter((text) => !/^\d+$/.test(text) && text !== '__proto__');
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((integer) => (integer === 0 ? 0 : integer)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const details: fc.Arbitrary<RejectionDetails> = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
const text = fc.string({ unit: 'binary', maxLength: 40 });

const decision = fc.record({
  details,
  text,
  correlationId: fc.option(text, { nil: undefined }),
  causationId: fc.option(text, { nil: undefined }),
});

const commits = fc.array(decision, { minLength: 1, maxLength: 20 }).map((decisions): EncodedCommit => {
  const events = decisions.map((facts, offset): LedgerEvent => {
    const number = AFTER.number + 1 + offset;
    const actor = { role: 'scheduler', id: facts.text } as const;
    const origin = { client: facts.text, version: '1', host: facts.text };
    const command = { type: 'EnableNode', origin, node: facts.text } as const;
    const message = { commandId: facts.text, issuedAt: number, actor, command };
    const commandHash = hashCommand(message, JSON.stringify(command));
    return {
      ...{ number, type: 'CommandRejected', schemaVersion: 1, at: number, commandId: facts.text },
      ...{ index: 0, count: 1, actor },
      ...(facts.correlationId === undefined ? {} : { correlationId: facts.correlationId }),
      ...(facts.causationId === undefined ? {} : { causationId: facts.causationId }),
      ...{ command, commandHash, issuedAt: number },
      data: { code: 'NO_CAPACITY', details: facts.details },
    };
  });
  const header = { commitId: '0194f0e0-0000-7000-8000-000000000000', epoch: 3, firstNumber: 42 };
  const texts = events.map((event) => encodeEvent(event));
  return encodeCommit({ ...header, previousHash: AFTER.hash }, texts);
});

const textOf = (commit: EncodedCommit): string => commit.bytes.toString('utf8');

describe('any commit', () => {
  it('is given back by JSON.parse and JSON.stringify byte for byte', () => {
    fc.assert(fc.property(commits, (commit) => JSON.stringify(JSON.parse(textOf(commit))) === textOf(commit)));
  });

  it('is verified from its bytes and from its text alike, with the events that were written', () => {
    fc.assert(
      fc.property(commits, (commit) => {
        const fromBytes = verifyCommit(commit.bytes, AFTER, AFTER.position);
        const fromText = verifyCommit(textOf(commit), AFTER, AFTER.position);
        expect(fromBytes).toEqual(fromText);
        expect(fromBytes.events.map((event) => encodeEvent(event))).toEqual(commit.eventTexts);
        expect(fromBytes.hash).toBe(commit.hash);
      }),
    );
  });

  it('gives those of its events alone that are wanted', () => {
    fc.assert(
      fc.property(commits, fc.nat(20), (commit, place) => {
        const { bytes } = commit;
        const { bookmark } = verifyChain(bytes, AFTER, AFTER.position);
        const isWanted = (number: number): boolean => number % 3 === place % 3;
        const events = verifyCommit(bytes, AFTER, AFTER.position).events.filter(({ number }) => isWanted(number));
        expect(readChainedEvents(bytes, AFTER, bookmark, isWanted)).toEqual(events);
      }),
    );
  });

  it('is put together again from its parts and from its parsed events', () => {
    fc.assert(
      fc.property(commits, (commit) => {
        const texts = commit.eventTexts.map((eventText) => JSON.stringify(JSON.parse(eventText)));
        expect(joinCommit(commit, texts, commit.hash)).toBe(textOf(commit));
        expect(eventBytesOf(commit).map((event) => event.toString())).toEqual(commit.eventTexts);
      }),
    );
  });

  it('is refused after any change of any byte', () => {
    fc.assert(
      fc.property(commits, fc.nat(), fc.integer({ min: 1, max: 255 }), (commit, place, mask) => {
        const bytes = Buffer.from(commit.bytes);
        const offset = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(offset) ^ mask, offset);
        expect(() => verifyCommit(bytes, AFTER, AFTER.position)).toThrow(LogDamageError);
      }),
    );
  });

  it('is refused when it is cut short', () => {
    fc.assert(
      fc.property(commits, fc.nat(), (commit, place) => {
        const bytes = Buffer.from(commit.bytes);
        const cut = bytes.subarray(0, place % bytes.length);
        expect(() => verifyCommit(cut, AFTER, AFTER.position)).toThrow(LogDamageError);
      }),
    );
  });
});

describe('a digest', () => {
  const records = fc.array(fc.string({ unit: 'binary' }), { maxLength: 30 });

  it('is the sum of the first 16 bytes of each hash, mod 2^128, whatever the order', () => {
    fc.assert(
      fc.property(records, (texts) => {
        expect(sumOf(texts)).toBe(sumOf(texts.toReversed()));
        expect(sumOf(texts)).toBe(naiveSum(texts));
      }),
    );
  });

  it('forgets what is removed, and goes on from what it gave', () => {
    fc.assert(
      fc.property(records, records, (kept, passing) => {
        const digest = createDigest(sumOf(kept));
        for (const record of passing) {
          digest.add(record);
        }
        for (const record of passing) {
          digest.remove(record);
        }
        expect(digest.hex()).toBe(sumOf(kept));
      }),
    );
  });
});

function sumOf(texts: readonly string[]): string {
  const digest = createDigest();
  for (const record of texts) {
    digest.add(record);
  }
  return digest.hex();
}

function naiveSum(texts: readonly string[]): string {
  const sum = texts.reduce((total, record) => total + BigInt(`0x${hash('sha256', record).slice(0, 32)}`), 0n);
  return (sum % 2n ** 128n).toString(16).padStart(32, '0');
}
