import type { CommandFields } from '@fleetbook/client';
import type { ResourceRequest } from '@fleetbook/domain';
import { accepted, agentOf, chooseNode, type Guest, isAccepted, type Stage, schedulerOf } from './actors.ts';

/** How a move ends. */
export type MoveEnding = 'confirmed' | 'reverted' | 'completed' | 'cancelled';

export interface MovePlan {
  readonly kind: 'resize' | 'cold' | 'live';
  readonly ending: MoveEnding;
  /** What the instance asks for at the destination. */
  readonly request: ResourceRequest;
}

/** What became of a move: `no-place` when no other node fits, `refused` when another claim was faster. */
export type MoveFate = MoveEnding | 'no-place' | 'refused';

const STEPS: Readonly<Record<MoveEnding, readonly CommandFields<'AdvanceMove'>['to'][]>> = {
  cancelled: ['prepared'],
  completed: ['prepared', 'running', 'switched', 'completed'],
  confirmed: ['prepared', 'running', 'switched', 'finished'],
  reverted: ['prepared', 'running', 'switched', 'finished'],
};

/** Walks one move through every step of its kind, each sent by the agent whose step it is. */
export const playMove = async (
  stage: Stage,
  guest: Guest,
  plan: MovePlan,
): Promise<{ readonly fate: MoveFate; readonly guest: Guest }> => {
  const { instance, node: source, claimId } = guest;
  const destination = await chooseNode(stage, plan.request, source);
  if (destination === undefined) {
    return { fate: 'no-place', guest };
  }
  const claimed = await isAccepted(
    stage,
    schedulerOf(stage).send('ClaimMove', {
      kind: plan.kind,
      instance,
      source,
      claimId,
      destination,
      request: plan.request,
    }),
  );
  if (claimed?.type !== 'ClaimMove') {
    return { fate: 'refused', guest };
  }
  const { moveId } = claimed;
  const arriving = agentOf(stage, destination);
  const leaving = agentOf(stage, source);
  for (const to of STEPS[plan.ending]) {
    const agent = to === 'completed' ? leaving : arriving;
    await accepted(stage, agent.send('AdvanceMove', { instance, moveId, to }));
  }
  if (plan.ending === 'cancelled') {
    await accepted(stage, arriving.send('CancelMove', { instance, moveId }));
  } else if (plan.ending === 'confirmed') {
    await accepted(stage, leaving.send('ConfirmMove', { instance, moveId }));
  } else if (plan.ending === 'reverted') {
    await accepted(stage, arriving.send('RevertMove', { instance, moveId }));
  }
  const hasMoved = plan.ending === 'confirmed' || plan.ending === 'completed';
  const moved = { instance, node: destination, claimId: moveId, request: plan.request };
  return { fate: plan.ending, guest: hasMoved ? moved : guest };
};
