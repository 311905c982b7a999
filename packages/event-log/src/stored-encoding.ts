import type { Commit, EncodedCommit } from './port.ts';
import { readHeader } from './read-header.ts';

/** A commit that was read, ready to be appended to another log, or again to the same one: byte for byte. */
export function storedEncoding(commit: Commit): EncodedCommit {
  const { commitId, epoch, firstNumber, previousHash, hash, text } = commit;
  const bytes = Buffer.from(text);
  const { lengths, byteLength } = readHeader(bytes);
  let start = byteLength;
  const eventTexts = lengths.map((length) => {
    const eventText = bytes.toString('utf8', start, start + length);
    start += length + 1;
    return eventText;
  });
  return { commitId, epoch, firstNumber, previousHash, hash, eventTexts, bytes };
}
