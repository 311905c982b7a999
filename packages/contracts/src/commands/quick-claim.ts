import { isBoundedMap, isOrderedRecord } from '../json/check.ts';
import type { JsonObject } from '../json/reader.ts';
import { LABEL_KEY_PATTERN, PRINTABLE_PATTERN } from '../names.ts';
import { ENVELOPE, isId, isPlainRequest, matches, optional, required } from './quick-parts.ts';
import type { CommandBodies } from './schemas.ts';

const isLabels = isBoundedMap(matches(LABEL_KEY_PATTERN), matches(PRINTABLE_PATTERN, 256), 32);

const isPlainClaim = isOrderedRecord([
  ...ENVELOPE,
  required('node', isId),
  required('instance', isId),
  optional('tenant', isId),
  optional('labels', isLabels),
  required('request', isPlainRequest),
]);

/** Whether a body is a claim of plain resources with its fields in the stored order. */
export const isQuickClaim = (body: JsonObject): body is JsonObject & CommandBodies['ClaimInstance'] =>
  isPlainClaim(body);
