import type { Decision, JudgedAt } from '../decision.ts';
import type { BrokenRule, FitResult } from '../fit/result.ts';
import type { Ledger, Node } from '../ledger.ts';
import { compareIds } from '../order.ts';
import { policiesOf } from '../policies.ts';
import type { ChargeLine } from '../request.ts';
import { reject, withList, withSample } from './answer.ts';
import { type Holder, holdersOf } from './holders.ts';

export type Misfit = Exclude<FitResult, { readonly kind: 'fits' }>;

/** How many holders of what is short a refusal names at most. */
const HOLDERS_SHOWN = 5;

const isShortOf =
  (short: readonly BrokenRule[]) =>
  (charge: readonly ChargeLine[]): boolean =>
    charge.some((line) =>
      short.some(
        (rule) => rule.class === line.class && (rule.provider === undefined || rule.provider === line.provider),
      ),
    );

/** The first holders, by instance, of what a node has too little of; it may have thousands. */
const holdersOfShort = (ledger: Ledger, node: Node, rules: readonly BrokenRule[]): readonly Holder[] => {
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

/** Refuses what a node cannot give: by which rules, with which figures, and who holds what it has too little of. */
export const refuseFit = (ledger: Ledger, node: Node, fitted: Misfit, judgedAt: JudgedAt): Decision => {
  if (fitted.kind === 'too-complex') {
    return reject('REQUEST_TOO_COMPLEX', judgedAt, { node: node.id, workLimit: policiesOf(ledger).fitWorkLimit });
  }
  const rules = fitted.rules.map((rule) => ({ ...rule }));
  const details = withList({ node: node.id }, 'rules', rules);
  return reject(fitted.code, judgedAt, withSample(details, 'holders', holdersOfShort(ledger, node, fitted.rules)));
};
