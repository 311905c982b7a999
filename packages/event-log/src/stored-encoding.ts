import { eventBytesOf } from './encode.ts';
import type { Commit, EncodedCommit } from './port.ts';
import { readHeader } from './read-header.ts';

/** A commit that was read, ready to be appended to another log, or again to the same one: byte for byte. */
export function storedEncoding(commit: Commit): EncodedCommit {
  const { commitId, epoch, firstNumber, previousHash, hash, text } = commit;
  const bytes = Buffer.from(text);
  const { lengths } = readHeader(bytes);
  const eventTexts = eventBytesOf({ bytes, lengths }).map((event) => event.toString('utf8'));
  return { commitId, epoch, firstNumber, previousHash, hash, eventTexts, bytes, lengths };
}
