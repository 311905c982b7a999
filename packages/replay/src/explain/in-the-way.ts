import type { HolderView } from '@fleetbook/contracts';
import type { BrokenRule, RejectionDetails } from '@fleetbook/domain';
import { answerHolders } from '@fleetbook/projector/past';
import type { ViewOfPast } from '../past/view-of-past.ts';

export type PlacedHolder = HolderView & { readonly node: string };

const MOST_HOLDERS = 100;

/** What a refusal found short, as it was recorded: the list may be cut to what an event may hold. */
export function rulesIn({ rules }: RejectionDetails): readonly BrokenRule[] {
  return Array.isArray(rules) ? rules.filter(isRule) : [];
}

function isRule(value: unknown): value is BrokenRule {
  return typeof value === 'object' && value !== null && 'rule' in value && 'class' in value && 'largestFree' in value;
}

/** Who held what was short on the node, or what else was in the way of a refused command. */
export function holdersInTheWay(view: ViewOfPast, code: string, details: RejectionDetails): readonly PlacedHolder[] {
  const { node } = details;
  if (typeof node !== 'string') {
    return [];
  }
  const lines = holdersOn(view, node);
  if (code === 'NODE_NOT_EMPTY') {
    return lines.slice(0, MOST_HOLDERS);
  }
  const short = rulesIn(details).filter(({ rule }) => rule === 'NO_CAPACITY' || rule === 'UNIT_TAKEN');
  const isShort = (line: HolderView): boolean =>
    short.some((rule) => rule.class === line.class && (rule.provider ?? line.provider) === line.provider);
  return lines.filter(isShort).slice(0, MOST_HOLDERS);
}

/** Every line that is held on a node. */
function holdersOn(view: ViewOfPast, node: string): readonly PlacedHolder[] {
  const answer = answerHolders(view, { node });
  return answer.ok ? answer.value.holders.map((holder) => ({ node, ...holder })) : [];
}
