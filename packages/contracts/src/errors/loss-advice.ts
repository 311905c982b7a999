/** What an operator can do about a log that lacks events: said wherever a service stops because of it. */
export const LOSS_ADVICE =
  'nothing was changed: keep a copy of the log and of the data directory, then bring these events back with ' +
  'fleetbook log recover (see docs/how-to/recover.md)';
