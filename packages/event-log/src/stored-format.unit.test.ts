import { describe, expect, it } from 'vitest';
import { createDigest } from './digest.ts';
import { encodeCommit, MAX_COMMIT_BYTES, MAX_EVENT_BYTES_PER_COMMIT, MAX_EVENTS_PER_COMMIT } from './encode.ts';
import golden from './golden/history-1.json' with { type: 'json' };
import { type Bookmark, GENESIS_HASH, ORIGIN } from './port.ts';
import { goldenHistory } from './testing/golden-history.ts';
import { verifyCommit } from './verify.ts';

const header = {
  commitId: '00000000-0000-4000-8000-000000000000',
  epoch: Number.MAX_SAFE_INTEGER,
  firstNumber: Number.MAX_SAFE_INTEGER,
  previousHash: GENESIS_HASH,
};

describe('stored format 1', () => {
  it('is written as the golden history has it, byte for byte', () => {
    const commits = goldenHistory();
    expect(commits.map((commit) => commit.bytes.toString())).toEqual(golden.commits);
    expect(commits.map((commit) => commit.hash)).toEqual(golden.hashes);
  });

  it('is read from the golden history, each commit after the one before', () => {
    let bookmark: Bookmark = ORIGIN;
    for (const text of golden.commits) {
      const { position } = bookmark;
      bookmark = verifyCommit(Buffer.from(text), bookmark, position).bookmark;
    }
    expect(bookmark).toEqual({ position: ORIGIN.position, number: 6, hash: golden.hashes.at(-1), epoch: 1 });
  });

  it('reads bytes that are a view into a larger buffer and no Buffer', () => {
    const [text = ''] = golden.commits;
    const chunk = new TextEncoder().encode(`before${text}after`);
    const bytes = chunk.subarray('before'.length, chunk.length - 'after'.length);
    expect(verifyCommit(bytes, ORIGIN, ORIGIN.position).text).toBe(text);
  });

  it('sums the golden records to the golden digest', () => {
    const digest = createDigest();
    for (const record of golden.digest.records) {
      digest.add(record);
    }
    expect(digest.hex()).toBe(golden.digest.hex);
  });
});

describe('limits of a commit', () => {
  const fill = (bytes: number): string => `{"a":"${'x'.repeat(bytes - 8)}"}`;

  it('has room for 256 events of the stated total in any header', () => {
    const share = MAX_EVENT_BYTES_PER_COMMIT / MAX_EVENTS_PER_COMMIT;
    const texts = Array.from({ length: MAX_EVENTS_PER_COMMIT }, () => fill(share));
    expect(encodeCommit(header, texts).bytes.length).toBeLessThanOrEqual(MAX_COMMIT_BYTES);
  });

  it('refuses no events, 257 events and more than 256 KiB', () => {
    expect(() => encodeCommit(header, [])).toThrow(RangeError);
    expect(() => encodeCommit(header, Array(MAX_EVENTS_PER_COMMIT + 1).fill('{}'))).toThrow(RangeError);
    expect(() => encodeCommit(header, [fill(MAX_COMMIT_BYTES)])).toThrow(RangeError);
    expect(() => encodeCommit(header, [`{"a":"${'ü'.repeat(MAX_COMMIT_BYTES / 2)}"}`])).toThrow(RangeError);
  });
});
