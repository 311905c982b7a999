import { closedBy } from './decide/claim.ts';
import { type Leaving, placeLeaving, unplacedOf } from './drain-places.ts';
import { demandOf } from './fit/demand-of.ts';
import type { HeldRecord, Ledger, Node, Release, SideState } from './ledger.ts';
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
  /**
   * No other node takes it after the moves of the plan; `outright`: it named its providers, so that nobody can choose
   * others for it.
   */
  | { readonly kind: 'no-destination' | 'outright'; readonly instance: string; readonly claimId: string }
  /** Confirmed or aborted by its claimant first. */
  | { readonly kind: 'unconfirmed'; readonly instance: string; readonly claimId: string }
  /** Freed by its agent first, which says by its command what becomes of it. */
  | {
      readonly kind: 'releasing';
      readonly instance: string;
      readonly claimId: string;
      readonly becomes: Release['becomes'];
    }
  | { readonly kind: 'moving'; readonly instance: string; readonly claimId: string; readonly moveId: string }
  | { readonly kind: 'side'; readonly instance: string; readonly moveId: string; readonly state: SideState };

/** Other nodes that take claims, those whose builds keep failing last. */
const destinationsFor = (ledger: Ledger, drained: string): readonly Node[] =>
  [...ledger.nodes.values()]
    .filter((node) => node.id !== drained && closedBy(node) === undefined)
    .sort((left, right) => Number(isSuspect(left)) - Number(isSuspect(right)) || compareIds(left.id, right.id));

const isLeaving = (each: DrainStep | Leaving): each is Leaving => 'demand' in each;

/** What a claim waits for before it can be moved, or what it needs elsewhere. */
const judgeHeld = ({ id, claim, moveId }: HeldRecord): DrainStep | Leaving => {
  const held = { instance: id, claimId: claim.claimId };
  if (moveId !== undefined) return { kind: 'moving', ...held, moveId };
  if (claim.release !== undefined) return { kind: 'releasing', ...held, becomes: claim.release.becomes };
  if (claim.status === 'unconfirmed') return { kind: 'unconfirmed', ...held };
  const demand = demandOf(claim.requestText);
  return demand.charge === undefined ? { ...held, demand } : { kind: 'outright', ...held };
};

/** The moves in the order of the plan, then what no move is left for. */
const leavingSteps = (ledger: Ledger, node: string, leaving: readonly Leaving[]): readonly DrainStep[] => {
  const placed = placeLeaving(destinationsFor(ledger, node), leaving, policiesOf(ledger).fitWorkLimit);
  const moves = placed.map(({ leaving: { instance, claimId }, destination, charge }): DrainStep => {
    return { kind: 'move', instance, claimId, destination, charge };
  });
  const left = unplacedOf(leaving, placed).map(({ instance, claimId }): DrainStep => {
    return { kind: 'no-destination', instance, claimId };
  });
  return [...moves, ...left];
};

const sideSteps = (ledger: Ledger, node: string): readonly DrainStep[] =>
  [...(ledger.sidesOn.get(node) ?? [])].sort(compareIds).flatMap((moveId): readonly DrainStep[] => {
    const move = ledger.moves.get(moveId);
    if (move?.other === undefined) return [];
    return [{ kind: 'side', instance: move.instance, moveId, state: move.other.state }];
  });

/** What has to happen before a node is empty: one step per claim and per side of a move. Changes nothing. */
export const planDrain = (ledger: Ledger, node: string): readonly DrainStep[] => {
  const held = [...ledger.heldBy.get(node)].sort(compareIds).flatMap((id) => {
    const instance = ledger.instances.get(id);
    return instance?.status === 'held' ? [judgeHeld(instance)] : [];
  });
  const waiting = held.filter((each): each is DrainStep => !isLeaving(each));
  return [...leavingSteps(ledger, node, held.filter(isLeaving)), ...waiting, ...sideSteps(ledger, node)];
};
