import type { HoldersAnswer, HoldersQuery, HolderView } from '@fleetbook/contracts';
import { type ChargeLine, type HeldRecord, type HeldSide, type Ledger, sidesHeldOn, succeed } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { type Answer, notFound } from './node-queries.ts';

const MAX_HOLDERS = 1_000;

type HeldForTenant = Pick<HeldSide, 'instance' | 'moveId' | 'side' | 'state'> & {
  readonly tenant?: string;
  readonly counted: readonly ChargeLine[];
};

/** Who holds what on a node: claims, and the other sides of moves. */
export function answerHolders(view: QuestionView, query: HoldersQuery): Answer<HoldersAnswer> {
  const { ledger } = view;
  if (!ledger.nodes.has(query.node)) {
    return notFound('node', query.node);
  }
  const all = [...claimsOn(ledger, query), ...sidesOn(view, query)];
  all.sort((left, right) => (left.instance < right.instance ? -1 : left.instance === right.instance ? 0 : 1));
  return succeed({ node: query.node, holders: all.slice(0, MAX_HOLDERS), isComplete: all.length <= MAX_HOLDERS });
}

function claimsOn(ledger: Ledger, query: HoldersQuery): readonly HolderView[] {
  return Array.from(ledger.heldBy.get(query.node)).flatMap((id) => {
    const record = ledger.instances.get(id);
    return record?.status === 'held' ? linesOfClaim(record, query) : [];
  });
}

function linesOfClaim({ id, claim }: HeldRecord, query: HoldersQuery): readonly HolderView[] {
  const { claimId, tenant, charge, status, release } = claim;
  const state = release === undefined ? status : 'releasing';
  const facts = { instance: id, ...(tenant === undefined ? {} : { tenant }), claimId, state } as const;
  return charge.filter(isAbout(query)).map((line) => ({ ...facts, ...lineView(line) }));
}

function sidesOn(view: QuestionView, query: HoldersQuery): readonly HolderView[] {
  return sidesWithTenant(view, query.node).flatMap(({ counted, ...facts }) =>
    counted.filter(isAbout(query)).map((line) => ({ ...facts, ...lineView(line) })),
  );
}

/** What moves hold on a node besides the claims, for the tenants of their instances. */
export function sidesWithTenant(view: QuestionView, node: string): readonly HeldForTenant[] {
  return sidesHeldOn(view.ledger, node).map(({ instance, moveId, side, state }) => {
    const tenant = view.tenantOfSide(moveId);
    const counted = view.ledger.moves.get(moveId)?.other?.counted ?? [];
    return { instance, ...(tenant === undefined ? {} : { tenant }), moveId, side, state, counted };
  });
}

function isAbout({ what }: HoldersQuery): (line: ChargeLine) => boolean {
  return (line) =>
    what === undefined || line.class === what || line.provider === what || (line.units?.includes(what) ?? false);
}

function lineView({ provider, class: name, amount, units }: ChargeLine) {
  return { provider, class: name, amount, ...(units === undefined ? {} : { units }) };
}
