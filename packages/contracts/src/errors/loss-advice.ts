/** What an operator can do about a log that lacks events: said wherever a service stops because of it. */
export const LOSS_ADVICE =
  'nothing was changed: keep a copy of the log and of the data directory, then bring these events back with ' +
  'fleetbook log recover (see docs/how-to/recover.md)';

/** The same about a log that has never been of the history that a service remembers: nothing comes back to it. */
export const OTHER_HISTORY_ADVICE =
  'nothing was changed: check that data directory, cell and server are those that belong together; ' +
  'docs/operating.md says what to do where they are meant to be so';
