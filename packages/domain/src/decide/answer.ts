import type { CommandResult, Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent, JsonValue, RejectionDetails } from '../event.ts';
import { REJECTION_CODES, type RejectionCode } from '../rejection.ts';

export const accept = (event: DecidedEvent): Decision => ({ kind: 'accepted', events: [event] });

export const unchanged = (result: CommandResult): Decision => ({ kind: 'unchanged', result });

export type Refused = Extract<Decision, { readonly kind: 'rejected' }>;

export const reject = (code: RejectionCode, judgedAt: JudgedAt, details: RejectionDetails): Refused => ({
  kind: 'rejected',
  rejection: { code, details: { judgedAt: judgedAt.number, ...details } },
});

/** Of rules judged apart, the refusal that comes first in the order of precedence; of equal ones the first given. */
export const firstRefusal = (decisions: readonly (Decision | undefined)[]): Refused | undefined => {
  const rankOf = ({ rejection }: Refused): number => REJECTION_CODES.indexOf(rejection.code);
  const refusals = decisions.filter((decision) => decision?.kind === 'rejected');
  return refusals.sort((left, right) => rankOf(left) - rankOf(right))[0];
};

const DETAILS_LIMIT_BYTES = 2_048;

/** Room for `"judgedAt":<number>,` and `,"more":<number>`, which are added around the list. */
const MARGIN_BYTES = 64;

/** As many elements of a list as the stored size allows. Lists hold ASCII here, so that characters are bytes. */
const storableOf = (
  details: RejectionDetails,
  name: string,
  list: readonly JsonValue[],
  most: number,
): readonly JsonValue[] => {
  let sizeBytes = MARGIN_BYTES + JSON.stringify({ ...details, [name]: [] }).length;
  const shown: JsonValue[] = [];
  for (const element of list.slice(0, most)) {
    sizeBytes += JSON.stringify(element).length + 1;
    if (sizeBytes > DETAILS_LIMIT_BYTES) break;
    shown.push(element);
  }
  return shown;
};

/** How many elements of a list were left out before. */
const leftOut = (more: JsonValue | undefined): number => (typeof more === 'number' ? more : 0);

/** Details with as many elements of a list as can be stored; `more` says how many were left out, now and before. */
export const withList = (
  details: RejectionDetails,
  name: string,
  list: readonly JsonValue[],
  most: number = list.length,
): RejectionDetails => {
  const shown = storableOf(details, name, list, most);
  const more = list.length - shown.length + leftOut(details['more']);
  return { ...details, [name]: shown, ...(more === 0 ? {} : { more }) };
};

/** Details with a second list, of which as many elements are shown as can be stored; nothing without one. */
export const withSample = (details: RejectionDetails, name: string, list: readonly JsonValue[]): RejectionDetails => {
  const shown = storableOf(details, name, list, list.length);
  return shown.length === 0 ? details : { ...details, [name]: shown };
};
