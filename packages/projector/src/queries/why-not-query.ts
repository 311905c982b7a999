import type { PossibleAmount, WhyNotAnswer, WhyNotQuery } from '@fleetbook/contracts';
import {
  availableOf,
  type CandidateResult,
  closedBy,
  fitPrepared,
  type Node,
  prepareDemand,
  type ResourceRequest,
  succeed,
} from '@fleetbook/domain';
import { findCandidates, type SearchMeans } from '../candidates/find-candidates.ts';
import type { QuestionView } from '../view/question-view.ts';
import { type Answer, notFound } from './node-queries.ts';
import { findReleases, type Releases } from './releases.ts';
import { shortLinesOf } from './short-lines.ts';
import { traitFaultsOn } from './trait-faults.ts';

const NODES_ELSEWHERE = 3;

/** Rules that a release can mend. */
const MENDABLE: ReadonlySet<string> = new Set(['NO_CAPACITY', 'UNIT_TAKEN', 'NO_ASSIGNMENT']);

/** Whether a node would take a request; if not, rule by rule why, what would make room, and where else it would fit. */
export async function answerWhyNot(
  view: QuestionView,
  { node: id, request }: WhyNotQuery,
  means: SearchMeans,
): Promise<Answer<WhyNotAnswer>> {
  const node = view.ledger.nodes.get(id);
  if (node === undefined) {
    return notFound('node', id);
  }
  const demand = prepareDemand({ request });
  const fitted: CandidateResult = fitPrepared(node, demand, means.fitWorkLimit);
  const closed = closedBy(node);
  const fits = closed === undefined && fitted.kind === 'fits';
  const reason = closed ?? reasonOf(fitted);
  const fitsOn = (other: Node): boolean => fitPrepared(other, demand, means.fitWorkLimit).kind === 'fits';
  const { releases, isComplete } = releasesFor(view, node, fitted, request, fitsOn);
  const others = fits ? undefined : await findCandidates(view.table, { request, limit: NODES_ELSEWHERE }, means);
  return succeed({
    node: id,
    fits,
    ...(fitted.kind === 'fits' ? { charge: fitted.charge } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(closed === undefined ? {} : { closed }),
    rules: rulesOf(node, fitted, request, means.fitWorkLimit),
    traits: fits ? [] : traitFaultsOn(node, request),
    possible: possibleOn(node, request),
    releases,
    elsewhere: others?.candidates ?? [],
    reasons: others?.reasons ?? [],
    isComplete: isComplete && others?.isComplete !== false,
  });
}

function reasonOf(fitted: CandidateResult) {
  if (fitted.kind === 'fits') {
    return undefined;
  }
  return fitted.kind === 'refused' ? fitted.code : 'REQUEST_TOO_COMPLEX';
}

/** What is broken besides cannot be mended by anybody's release. */
function releasesFor(
  view: QuestionView,
  node: Node,
  fitted: CandidateResult,
  request: ResourceRequest,
  fits: (node: Node) => boolean,
): Releases {
  if (fitted.kind !== 'refused' || fitted.rules.some(({ rule }) => !MENDABLE.has(rule))) {
    return { releases: [], isComplete: fitted.kind !== 'too-complex' };
  }
  return findReleases(view, node, shortLinesOf(node, request), fits);
}

/** The rules told for a request, and of a group that breaks one those that its other classes break by themselves. */
function rulesOf(node: Node, fitted: CandidateResult, { groups = [] }: ResourceRequest, workLimit: number) {
  if (fitted.kind !== 'refused') {
    return [];
  }
  const { rules } = fitted;
  const isTold = (group: string, name: string) => rules.some((rule) => rule.group === group && rule.class === name);
  const others = groups
    .filter(({ name }) => rules.some(({ group }) => group === name))
    .flatMap((group) =>
      Object.entries(group.resources)
        .filter(([name]) => !isTold(group.name, name))
        .flatMap(([name, amount]) => {
          const alone = { groups: [{ ...group, resources: { [name]: amount } }] };
          const judged = fitPrepared(node, prepareDemand({ request: alone }), workLimit);
          return judged.kind === 'refused' ? judged.rules : [];
        }),
    );
  return [...rules, ...others];
}

function linesOf({ resources = {}, groups = [] }: ResourceRequest): readonly Omit<PossibleAmount, 'possible'>[] {
  const all = [{ name: '', resources }, ...groups];
  return all.flatMap(({ name: group, resources: amounts }) =>
    Object.entries(amounts).map(([name, requested]) => ({ group, class: name, requested })),
  );
}

function possibleOn(node: Node, request: ResourceRequest): readonly PossibleAmount[] {
  return linesOf(request).map((line) => ({ ...line, possible: possibleOf(node, line.class, line.requested) }));
}

/** The largest amount up to the requested one that some provider could take. */
function possibleOf(node: Node, name: string, requested: number): number {
  const amounts = node.tree.providers.flatMap(({ inventories }) =>
    inventories.map((inventory) => {
      if (inventory.class !== name || inventory.isVanished) {
        return 0;
      }
      const most = Math.min(requested, inventory.maxUnit, Math.max(0, availableOf(inventory)));
      const stepped = most - (most % inventory.stepSize);
      return stepped < inventory.minUnit ? 0 : stepped;
    }),
  );
  return Math.max(0, ...amounts);
}
