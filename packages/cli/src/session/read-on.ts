import { type Bookmark, type Commit, type EventLog, LogUnavailableError } from '@fleetbook/event-log';

/**
 * Reads a log to its end as of the call. Whoever works long on what was read is taken for gone by the server: the
 * reading goes on where it broke off, as long as it gets further. Throws LogDamageError, LogUnavailableError.
 */
export async function* readOn(log: Pick<EventLog, 'read'>, after: Bookmark): AsyncGenerator<readonly Commit[]> {
  let end = after;
  for (;;) {
    const start = end;
    try {
      for await (const commits of log.read(end)) {
        end = commits.at(-1)?.bookmark ?? end;
        yield commits;
      }
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailableError) || end.number === start.number) {
        throw error;
      }
    }
  }
}
