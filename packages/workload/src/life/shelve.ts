import { accepted, agentOf, chooseNode, type Guest, isAccepted, type Stage, schedulerOf } from './actors.ts';

/** Shelves an instance, which frees what it holds, and brings it back on a node that fits. */
export const shelveAndBack = async (
  stage: Stage,
  guest: Guest,
): Promise<{ readonly fate: 'completed' | 'stays-shelved'; readonly guest: Guest | undefined }> => {
  const { instance, node, claimId, request } = guest;
  await accepted(stage, agentOf(stage, node).send('ShelveOffload', { node, instance, claimId }));
  const destination = await chooseNode(stage, request, '');
  const claimed =
    destination === undefined
      ? undefined
      : await isAccepted(
          stage,
          schedulerOf(stage).send('ClaimMove', { kind: 'unshelve', instance, destination, request }),
        );
  if (destination === undefined || claimed?.type !== 'ClaimMove') {
    return { fate: 'stays-shelved', guest: undefined };
  }
  const { moveId } = claimed;
  const agent = agentOf(stage, destination);
  await accepted(stage, agent.send('AdvanceMove', { instance, moveId, to: 'running' }));
  await accepted(stage, agent.send('AdvanceMove', { instance, moveId, to: 'completed' }));
  return { fate: 'completed', guest: { instance, node: destination, claimId: moveId, request } };
};
