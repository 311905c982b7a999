import { fail, type Result, succeed } from '@fleetbook/domain';
import type * as z from 'zod';
import type { FleetbookError } from '../errors/error.ts';
import { type JsonObject, readJson } from '../json/reader.ts';
import { faultOf } from '../json/zod-fault.ts';
import type { QueryName } from '../subjects.ts';
import type { QueryBodies } from './bodies.ts';
import { isQuickCandidates } from './quick-candidates.ts';
import { QUERY_BODY_SCHEMAS } from './schemas.ts';

const SCHEMAS: { readonly [Name in QueryName]: z.ZodType<QueryBodies[Name]> } = QUERY_BODY_SCHEMAS;

type IsQuick<Name extends QueryName> = (body: JsonObject) => body is JsonObject & QueryBodies[Name];

/** What is asked often, recognised without its schema where it is plain. */
const QUICK: { readonly [Name in QueryName]?: IsQuick<Name> } = { candidates: isQuickCandidates };

const NO_FIELDS: Result<JsonObject, FleetbookError> = { ok: true, value: {} };

/**
 * Reads a query's body; no bytes at all are `{}`.
 * Errors: those of `readJson`, UNKNOWN_FIELD and INVALID_FIELD with the field's path.
 */
export const parseQuery = <Name extends QueryName>(
  name: Name,
  bytes: Uint8Array,
): Result<QueryBodies[Name], FleetbookError> => {
  const body = bytes.length === 0 ? NO_FIELDS : readJson(bytes);
  if (!body.ok) {
    return body;
  }
  const isQuick: IsQuick<Name> | undefined = QUICK[name];
  if (isQuick?.(body.value)) {
    return succeed(body.value);
  }
  const parsed = SCHEMAS[name].safeParse(body.value);
  return parsed.success ? succeed(parsed.data) : fail(faultOf(parsed.error.issues, body.value));
};

export const encodeQuery = <Name extends QueryName>(_name: Name, body: QueryBodies[Name]): Uint8Array =>
  Buffer.from(JSON.stringify(body), 'utf8');
