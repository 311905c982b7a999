export type { ErrorCategory, ErrorEntry, ExitCode, Retry } from './errors/entry.ts';
export type { ErrorCode, ErrorDetails, FleetbookError } from './errors/error.ts';
export { ERROR_CATALOGUE, errorEntry, fleetbookError, isErrorCode } from './errors/error.ts';
export { isCellName, isId } from './names.ts';
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
