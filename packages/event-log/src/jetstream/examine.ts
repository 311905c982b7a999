import { type Bookmark, type Commit, LogDamageError } from '../port.ts';
import { asPosition } from '../position.ts';
import { verifyCommit } from '../verify.ts';
import type { JetStreamContext } from './context.ts';
import { inspectStream, leaderRead } from './stream.ts';

/**
 * Decides over what arrived in place of the commit after `after`: one replica may be damaged while the log is not.
 * Returns the commit as the leader has it, or undefined if the log ends at `after`; throws LogDamageError if the
 * leader's copy is damaged too.
 */
export async function examine(
  context: JetStreamContext,
  after: Bookmark,
  suspicion: LogDamageError,
  server: string | undefined,
): Promise<Commit | undefined> {
  const end = await inspectStream(context, after);
  const position = asPosition(after.position + 1);
  if (end < position) {
    return undefined;
  }
  const stored = await leaderRead(context, position);
  if (stored === undefined) {
    const message = `the leader has no commit at position ${position}, though its log ends at ${end}`;
    throw new LogDamageError('gap', message, { position, number: after.number + 1, cause: suspicion });
  }
  const commit = verifyCommit(stored, after, position, context.decodeEvent);
  const where = `stream ${context.names.stream}, position ${position}`;
  const who = server === undefined ? 'what was delivered' : `the copy of server ${server}`;
  context.warn(`${where}: ${who} is damaged, the leader's is sound: ${suspicion.message}`);
  context.noteDamagedCopy({ server, position, reason: suspicion.message });
  return commit;
}
