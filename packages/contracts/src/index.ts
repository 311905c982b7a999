export type * from './answers.ts';
export type { ErrorCategory, ErrorEntry, ExitCode, Retry } from './errors/entry.ts';
export type { ErrorCode, ErrorDetails, FleetbookError } from './errors/error.ts';
export { ERROR_CATALOGUE, errorEntry, fleetbookError, isErrorCode } from './errors/error.ts';
export { isCellName, isId } from './names.ts';
export type * from './queries.ts';
export { DEFAULT_QUERY_DEADLINE_MS } from './queries.ts';
export type * from './replies.ts';
export { encodeBatchReply, encodeCommandReply, encodeQueryReply, errorReply, queryErrorReply } from './replies.ts';
export type { CommandAddress, CommandName, QueryName, SenderRole } from './subjects.ts';
export {
  allCommandsSubject,
  allEventsSubject,
  commandSubject,
  decodeToken,
  encodeToken,
  eventSubject,
  parseCommandSubject,
  QUERY_NAMES,
  querySubject,
  SENDER_ROLES,
  writerSubject,
} from './subjects.ts';
export type { Token } from './token.ts';
export { formatToken, parseToken } from './token.ts';
export { CONTRACT_VERSION } from './version.ts';
