import { closedBy } from './decide/claim.ts';
import { demandOf } from './fit/demand-of.ts';
import { fitDemand } from './fit/fit.ts';
import type { Demand } from './fit/result.ts';
import type { HeldRecord, Ledger, Node, SideState } from './ledger.ts';
import { compareIds } from './order.ts';
import { policiesOf } from './policies.ts';
import type { ChargeLine } from './request.ts';
import { isSuspect } from './suspect.ts';

/** What has to happen to one holder before its node can be retired. */
export type DrainStep =
  | {
      readonly kind: 'move';
      readonly instance: string;
      readonly claimId: string;
      readonly destination: string;
      /** What the destination would be charged, were the plan carried out in its order from now on. */
      readonly charge: readonly ChargeLine[];
    }
  /** No other node takes it now; `outright`: it named its providers, so that nobody can choose others for it. */
  | { readonly kind: 'no-destination' | 'outright'; readonly instance: string; readonly claimId: string }
  /** Confirmed or aborted by its claimant first; freed by its agent first. */
  | { readonly kind: 'unconfirmed' | 'releasing'; readonly instance: string; readonly claimId: string }
  | { readonly kind: 'moving'; readonly instance: string; readonly claimId: string; readonly moveId: string }
  | { readonly kind: 'side'; readonly instance: string; readonly moveId: string; readonly state: SideState };

/** Other nodes that take claims, those whose builds keep failing last. */
const destinationsFor = (ledger: Ledger, drained: string): readonly Node[] =>
  [...ledger.nodes.values()]
    .filter((node) => node.id !== drained && closedBy(node) === undefined)
    .sort((left, right) => Number(isSuspect(left)) - Number(isSuspect(right)) || compareIds(left.id, right.id));

/** Nodes as they would be after the moves planned so far. */
type Planned = Map<string, Node>;

const placeFirst = (planned: Planned, demand: Demand, workLimit: number) => {
  for (const node of planned.values()) {
    const fitted = fitDemand(node, demand, workLimit);
    if (fitted.kind === 'fits') return { node, charge: fitted.charge };
  }
  return undefined;
};

const stepOf = (planned: Planned, { id, claim, moveId }: HeldRecord, workLimit: number): DrainStep => {
  const held = { instance: id, claimId: claim.claimId };
  if (moveId !== undefined) return { kind: 'moving', ...held, moveId };
  if (claim.release !== undefined) return { kind: 'releasing', ...held };
  if (claim.status === 'unconfirmed') return { kind: 'unconfirmed', ...held };
  const demand = demandOf(claim.requestText);
  if (demand.charge !== undefined) return { kind: 'outright', ...held };
  const placed = placeFirst(planned, demand, workLimit);
  if (placed === undefined) return { kind: 'no-destination', ...held };
  const { node, charge } = placed;
  planned.set(node.id, { ...node, tree: node.tree.charge(charge) });
  return { kind: 'move', ...held, destination: node.id, charge };
};

const sideSteps = (ledger: Ledger, node: string): readonly DrainStep[] =>
  [...(ledger.sidesOn.get(node) ?? [])].sort(compareIds).flatMap((moveId): readonly DrainStep[] => {
    const move = ledger.moves.get(moveId);
    if (move?.other === undefined) return [];
    return [{ kind: 'side', instance: move.instance, moveId, state: move.other.state }];
  });

/** What has to happen before a node is empty: one step per claim and per side of a move. Changes nothing. */
export const planDrain = (ledger: Ledger, node: string): readonly DrainStep[] => {
  const { fitWorkLimit } = policiesOf(ledger);
  const planned: Planned = new Map(destinationsFor(ledger, node).map((each) => [each.id, each]));
  const claims = [...ledger.heldBy.get(node)].sort(compareIds).flatMap((id): readonly DrainStep[] => {
    const instance = ledger.instances.get(id);
    return instance?.status === 'held' ? [stepOf(planned, instance, fitWorkLimit)] : [];
  });
  return [...claims, ...sideSteps(ledger, node)];
};
