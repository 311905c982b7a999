import type { JudgedAt } from '../decision.ts';
import { figuresOf } from '../fit/figures.ts';
import type { BrokenRule, FitResult } from '../fit/result.ts';
import type { Ledger, Node } from '../ledger.ts';
import { compareIds } from '../order.ts';
import { policiesOf } from '../policies.ts';
import type { ChargeLine } from '../request.ts';
import { type Refused, reject, withList, withSample } from './answer.ts';
import { type Holder, holdersOf } from './holders.ts';

export type Misfit = Exclude<FitResult, { readonly kind: 'fits' }>;

/** How many holders of what is short a refusal names at most. */
const HOLDERS_SHOWN = 5;

/** Which rule a class breaks, by any provider or this one. */
export type Breach = Pick<BrokenRule, 'rule' | 'class' | 'provider'>;

const isShortOf =
  (short: readonly Breach[]) =>
  (charge: readonly ChargeLine[]): boolean =>
    charge.some((line) =>
      short.some(
        (rule) => rule.class === line.class && (rule.provider === undefined || rule.provider === line.provider),
      ),
    );

/** The first holders, by instance, of what a node has too little of; it may have thousands. */
export const holdersOfShort = (ledger: Ledger, node: Node, rules: readonly Breach[]): readonly Holder[] => {
  const short = rules.filter(({ rule }) => rule === 'NO_CAPACITY' || rule === 'UNIT_TAKEN');
  if (short.length === 0) return [];
  const first: Holder[] = [];
  for (const holder of holdersOf(ledger, node.id, isShortOf(short))) {
    const place = first.findIndex((other) => compareIds(holder.instance, other.instance) < 0);
    if (place === -1 && first.length === HOLDERS_SHOWN) continue;
    first.splice(place === -1 ? first.length : place, 0, holder);
    first.length = Math.min(first.length, HOLDERS_SHOWN);
  }
  return first;
};

/** How much of the class at fault a charge has. */
export const heldOf = (held: readonly ChargeLine[], { class: name, provider }: Omit<Breach, 'rule'>): number =>
  held
    .filter((line) => line.class === name && (provider === undefined || provider === line.provider))
    .reduce((sum, line) => sum + line.amount, 0);

/** A charge in the place of another was judged as if that were free: figures are those of the node as it is. */
const asItIs = (node: Node, held: readonly ChargeLine[], rule: BrokenRule): BrokenRule => ({
  ...rule,
  ...figuresOf(node, rule.class, rule.provider),
  held: heldOf(held, rule),
});

/**
 * Refuses what a node cannot give: by which rules, with which figures, and who holds what it has too little of.
 * `held`: the charge that is to be replaced, of which the owner keeps what it can.
 */
export const refuseFit = (
  ledger: Ledger,
  node: Node,
  fitted: Misfit,
  judgedAt: JudgedAt,
  held?: readonly ChargeLine[],
): Refused => {
  if (fitted.kind === 'too-complex') {
    return reject('REQUEST_TOO_COMPLEX', judgedAt, { node: node.id, workLimit: policiesOf(ledger).fitWorkLimit });
  }
  const rules = fitted.rules.map((rule) => (held === undefined ? { ...rule } : { ...asItIs(node, held, rule) }));
  const details = withList({ node: node.id }, 'rules', rules);
  return reject(fitted.code, judgedAt, withSample(details, 'holders', holdersOfShort(ledger, node, fitted.rules)));
};
