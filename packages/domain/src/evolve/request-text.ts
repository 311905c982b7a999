import type { ChargeLine, ResourceRequest } from '../request.ts';
import { intern } from './intern.ts';

const NOTHING: ResourceRequest = Object.freeze({});

/**
 * By records that cannot change, such as those of which a log reader makes one for all that are equal: to write a
 * request as text is a fifth of what a claim of three classes costs to fold. Whoever makes a record for each claim does
 * not freeze it, and it is not kept here.
 */
const texts = new WeakMap<object, string>();

/** JSON text of what is asked for: two claims ask for the same when their texts are equal. */
export const requestTextOf = (asked: {
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
}): string => {
  const what = asked.request ?? asked.charge ?? NOTHING;
  const known = texts.get(what);
  if (known !== undefined) return known;
  const text = intern(JSON.stringify(what));
  if (Object.isFrozen(what)) texts.set(what, text);
  return text;
};
