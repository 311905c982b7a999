import {
  accepted,
  agentOf,
  chooseNode,
  type Guest,
  isAccepted,
  operatorOf,
  type Stage,
  schedulerOf,
} from './actors.ts';

export interface Evacuation {
  readonly node: string;
  readonly guests: number;
  readonly evacuated: number;
  /** What the returning host was told to destroy, and dropped. */
  readonly leftBehind: number;
  /** Of the node since it returned. */
  readonly incarnation: number;
}

const evacuateOne = async (stage: Stage, guest: Guest): Promise<boolean> => {
  const { instance, node: source, claimId, request } = guest;
  const destination = await chooseNode(stage, request, source);
  if (destination === undefined) {
    return false;
  }
  const asked = schedulerOf(stage).send('ClaimMove', {
    kind: 'evacuation',
    instance,
    source,
    claimId,
    destination,
    request,
  });
  const claimed = await isAccepted(stage, asked);
  if (claimed?.type !== 'ClaimMove') {
    return false;
  }
  const agent = agentOf(stage, destination);
  for (const to of ['running', 'switched', 'completed'] as const) {
    await accepted(stage, agent.send('AdvanceMove', { instance, moveId: claimed.moveId, to }));
  }
  return true;
};

/**
 * Takes a node down, evacuates what it can of its guests, lets the node return, and lets its agent destroy and drop
 * exactly what the ledger says was left behind there.
 */
export const evacuateAndReturn = async (stage: Stage, node: string, guests: readonly Guest[]): Promise<Evacuation> => {
  const operator = operatorOf(stage);
  await accepted(stage, operator.send('MarkNodeDown', { node, reason: 'power lost', fenced: false }));
  let evacuated = 0;
  for (const guest of guests) {
    evacuated += (await evacuateOne(stage, guest)) ? 1 : 0;
  }
  const agent = agentOf(stage, node);
  const returned = await accepted(stage, agent.send('RegisterNode', { node, bootId: `${node}:boot-2` }));
  if (returned.type !== 'RegisterNode') {
    throw new Error(`node ${node} did not return: ${JSON.stringify(returned)}`);
  }
  const { incarnation, sides } = returned;
  const leftBehind = sides.filter(({ state }) => state === 'left-behind');
  for (const { instance, moveId } of leftBehind) {
    const dropped = agent.send('DropMoveClaim', { instance, moveId, side: 'source', state: 'completed' });
    await accepted(stage, dropped);
  }
  await accepted(stage, operator.send('EnableNode', { node }));
  return { node, guests: guests.length, evacuated, leftBehind: leftBehind.length, incarnation };
};
