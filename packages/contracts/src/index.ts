export type * from './answers/answers.ts';
export type * from './answers/attention.ts';
export type * from './answers/bisect.ts';
export type * from './answers/explain.ts';
export type * from './answers/moves.ts';
export { type OtherDecision, otherDecisionOf } from './answers/other-decision.ts';
export type * from './answers/past.ts';
export type * from './answers/services.ts';
export type { StorageFacts } from './answers/storage.ts';
export type * from './answers/what-if.ts';
export type * from './answers/why-not.ts';
export { type Instant, parseInstant, readInstant } from './as-of.ts';
export { encodeBatch, encodeCommandMessage } from './commands/encode.ts';
export { MAXIMUM_BATCH } from './commands/instance-schemas.ts';
export type { CommandFault, Sender } from './commands/parse.ts';
export { parseBatch, parseCommand } from './commands/parse.ts';
export { ratioOf } from './commands/ratio.ts';
export { DEADLINE_HEADER, readDeadline } from './deadline.ts';
export type { ErrorCategory, ErrorEntry, ExitCode, Retry } from './errors/entry.ts';
export type { ErrorCode, ErrorDetails, FleetbookError } from './errors/error.ts';
export { ERROR_CATALOGUE, errorEntry, fleetbookError, isErrorCode } from './errors/error.ts';
export { LOSS_ADVICE, OTHER_HISTORY_ADVICE } from './errors/loss-advice.ts';
export { STORED_VALUES } from './events/command-checks.ts';
export type { StoredEventFault } from './events/decode.ts';
export { decodeStoredEvent, EVENT_TYPES } from './events/decode.ts';
export type { HighWaterMark } from './high-water-mark.ts';
export { type HistoryLine, isOfLine, type Standing, standingOf } from './history-line.ts';
export type { JsonObject } from './json/reader.ts';
export { MAXIMUM_BODY_BYTES, MAXIMUM_DEPTH, readJson } from './json/reader.ts';
export { isCellName, isId } from './names.ts';
export {
  type CountTerm,
  type FigureTerm,
  type Predicate,
  type PredicateOperator,
  type PredicateTerm,
  parsePredicate,
} from './predicate.ts';
export type * from './queries/bisect-bodies.ts';
export type * from './queries/bodies.ts';
export { DEFAULT_ATTENTION_KINDS, DEFAULT_QUERY_DEADLINE_MS } from './queries/bodies.ts';
export type * from './queries/explain-bodies.ts';
export { encodeQuery, parseQuery } from './queries/parse.ts';
export type * from './queries/past-bodies.ts';
export type * from './queries/what-if-bodies.ts';
export type * from './replies/replies.ts';
export {
  encodeBatchReply,
  encodeCommandReply,
  encodeQueryReply,
  errorReply,
  queryErrorReply,
  writeClaimReply,
} from './replies/replies.ts';
export { REPLY_HEADER } from './reply-header.ts';
export type {
  CommandAddress,
  CommandName,
  ParkedAddress,
  ParkedSettled,
  ParkedVerb,
  QueryName,
  SenderRole,
} from './subjects.ts';
export {
  allCommandsSubject,
  allEventsSubject,
  allInboxSubject,
  allParkedSubject,
  asideInboxSubject,
  commandSubject,
  decodeToken,
  encodeToken,
  eventSubject,
  handOverSubject,
  inboxStream,
  inboxSubject,
  isQueryName,
  PARKED_VERBS,
  parkedSubject,
  parseCommandSubject,
  parseInboxSubject,
  parseParkedSubject,
  QUERY_NAMES,
  querySubject,
  rebuildSubject,
  SENDER_ROLES,
  successorSubject,
  writerSubject,
} from './subjects.ts';
export type { Token } from './token.ts';
export { formatToken, parseToken } from './token.ts';
export { CONTRACT_VERSION } from './version.ts';
export {
  ATTENTION_KINDS,
  type AttentionKind,
  DRIFT_POLICIES,
  MOVE_STATES,
  PLACEMENT_RULES,
  SIDE_NAMES,
} from './vocabulary.ts';
