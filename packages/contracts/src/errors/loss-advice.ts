/** What an operator can do about a log that lacks events: said wherever a service stops because of it. */
export const LOSS_ADVICE =
  'nothing was changed: keep a copy of the log and of the data directory, then put back a log that holds these ' +
  'events (see "When the log has lost events" in docs/operating.md)';
