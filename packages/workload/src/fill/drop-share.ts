import type { CommandReply } from '@fleetbook/contracts';
import { chooseShare } from '../choose-share.ts';
import { inTurn } from '../in-turn.ts';
import { seededRandom } from '../seeded-random.ts';
import type { ClientOf } from './register-fleet.ts';

export interface HeldTask {
  readonly instance: string;
  readonly node: string;
  readonly claimId: string;
}

const AGENTS_AT_A_TIME = 32;

/** Ends `share` (0 to 1) of the tasks, each by the agent of its machine. */
export const dropShare = async (
  held: readonly HeldTask[],
  share: number,
  seed: number,
  clientOf: ClientOf,
  onDropped: (task: HeldTask, reply: CommandReply) => void,
): Promise<void> => {
  const chosen = chooseShare(held, share, seededRandom(seed));
  await inTurn(chosen, AGENTS_AT_A_TIME, async (task) => {
    const { instance, node, claimId } = task;
    onDropped(task, await clientOf('agent', node).send('DropInstance', { node, instance, claimId }));
  });
};
