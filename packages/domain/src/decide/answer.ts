import type { CommandResult, Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent, JsonValue, RejectionDetails } from '../event.ts';
import type { RejectionCode } from '../rejection.ts';

export const accept = (event: DecidedEvent): Decision => ({ kind: 'accepted', events: [event] });

export const unchanged = (result: CommandResult): Decision => ({ kind: 'unchanged', result });

export const reject = (code: RejectionCode, judgedAt: JudgedAt, details: RejectionDetails): Decision => ({
  kind: 'rejected',
  rejection: { code, details: { judgedAt: judgedAt.number, ...details } },
});

const DETAILS_LIMIT_BYTES = 2_048;

/** Room for `"judgedAt":<number>,` and `,"more":<number>`, which are added around the list. */
const MARGIN_BYTES = 64;

/**
 * Details with as many elements of a list as the stored size allows; `more` says how many were left out.
 * What lists hold here is ASCII, so that characters are bytes.
 */
export const withList = (
  details: RejectionDetails,
  name: string,
  list: readonly JsonValue[],
  most: number = list.length,
): RejectionDetails => {
  let sizeBytes = MARGIN_BYTES + JSON.stringify({ ...details, [name]: [] }).length;
  const shown: JsonValue[] = [];
  for (const element of list.slice(0, most)) {
    sizeBytes += JSON.stringify(element).length + 1;
    if (sizeBytes > DETAILS_LIMIT_BYTES) break;
    shown.push(element);
  }
  const more = list.length - shown.length;
  return { ...details, [name]: shown, ...(more === 0 ? {} : { more }) };
};
