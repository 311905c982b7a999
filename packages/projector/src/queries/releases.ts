import type { ReleaseView } from '@fleetbook/contracts';
import { type ChargeLine, type Node, nodeWithout } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { sidesWithTenant } from './holders-query.ts';

/** How many times a node is judged for one question. */
const MOST_TRIALS = 400;

export interface Releases {
  /** Empty when nothing helps. */
  readonly releases: readonly ReleaseView[];
  readonly isComplete: boolean;
}

/**
 * Owners whose release would make room, so that none of them could be left out: one alone where one is enough, the
 * smallest such; else the largest holders of what is short until it fits, less those not needed.
 */
export function findReleases(
  view: QuestionView,
  node: Node,
  isShort: (line: ChargeLine) => boolean,
  fits: (node: Node) => boolean,
): Releases {
  const amountOf = ({ charge }: ReleaseView): number => amountIn(charge.filter(isShort));
  const owners = ownersOf(view, node.id).filter((owner) => amountOf(owner) > 0);
  let trials = 0;
  const helps = (some: readonly ReleaseView[]): boolean => {
    trials += 1;
    return trials <= MOST_TRIALS && fits(some.reduce((left, { charge }) => nodeWithout(left, charge), node));
  };
  const bySize = owners.toSorted((left, right) => amountOf(left) - amountOf(right));
  const alone = bySize.find((owner) => helps([owner]));
  const found = alone === undefined ? severalOf(bySize.toReversed(), helps) : [alone];
  return { releases: found, isComplete: trials <= MOST_TRIALS };
}

function severalOf(
  largestFirst: readonly ReleaseView[],
  helps: (some: readonly ReleaseView[]) => boolean,
): readonly ReleaseView[] {
  if (largestFirst.length < 2 || !helps(largestFirst)) {
    return [];
  }
  let enough = largestFirst.length;
  for (let least = 1; least < enough; ) {
    const middle = (least + enough) >>> 1;
    if (helps(largestFirst.slice(0, middle))) {
      enough = middle;
    } else {
      least = middle + 1;
    }
  }
  let kept = largestFirst.slice(0, enough);
  for (const owner of kept) {
    const without = kept.filter((each) => each !== owner);
    kept = helps(without) ? without : kept;
  }
  return kept;
}

function amountIn(charge: readonly ChargeLine[]): number {
  return charge.reduce((sum, { amount }) => sum + amount, 0);
}

/** Everybody who holds something on a node, by instance. */
function ownersOf(view: QuestionView, node: string): readonly ReleaseView[] {
  const { ledger } = view;
  const claims = Array.from(ledger.heldBy.get(node)).flatMap((instance): readonly ReleaseView[] => {
    const record = ledger.instances.get(instance);
    if (record?.status !== 'held') {
      return [];
    }
    const { claimId, tenant, charge, status, release } = record.claim;
    const state = release === undefined ? status : 'releasing';
    return [{ instance, ...(tenant === undefined ? {} : { tenant }), claimId, state, charge }];
  });
  const sides = sidesWithTenant(view, node).map(
    ({ counted, ...facts }): ReleaseView => ({ ...facts, charge: counted }),
  );
  return [...claims, ...sides].sort((left, right) => (left.instance < right.instance ? -1 : 1));
}
