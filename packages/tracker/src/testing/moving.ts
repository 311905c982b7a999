import type { CommandReply } from '@fleetbook/contracts';
import type { Actor, Command, MoveKind } from '@fleetbook/domain';
import {
  AGENT,
  claimInstance,
  command,
  message,
  OPERATOR,
  OTHER_AGENT,
  registerNode,
  reportInventory,
  SCHEDULER,
} from './commands.ts';
import type { World } from './world.ts';

/** One command of a walk; its id is made of its place. */
export interface WalkStep {
  readonly actor: Actor;
  readonly command: Command;
}

const MOVE = { instance: 'i-1', moveId: 'move-1' } as const;

const advance = (to: 'prepared' | 'running' | 'switched' | 'finished' | 'completed'): WalkStep => ({
  actor: OTHER_AGENT,
  command: command({ type: 'AdvanceMove', ...MOVE, to }),
});

const claimMove = (kind: Exclude<MoveKind, 'unshelve'>): WalkStep => {
  const fields = { kind, instance: 'i-1', source: 'node-1', claimId: 'claim-1', destination: 'node-2' } as const;
  return { actor: SCHEDULER, command: command({ type: 'ClaimMove', ...fields, request: { resources: { VCPU: 3 } } }) };
};

const markDown: WalkStep = {
  actor: OPERATOR,
  command: command({ type: 'MarkNodeDown', node: 'node-1', reason: 'power', fenced: false }),
};

const shelve: WalkStep = {
  actor: AGENT,
  command: command({ type: 'ShelveOffload', node: 'node-1', instance: 'i-1', claimId: 'claim-1' }),
};

const unshelve: WalkStep = {
  actor: SCHEDULER,
  command: command({
    type: 'ClaimMove',
    kind: 'unshelve',
    instance: 'i-1',
    destination: 'node-2',
    request: { resources: { VCPU: 3 } },
  }),
};

const TWO_STEPS = [advance('prepared'), advance('running'), advance('switched'), advance('finished')];

const confirmMove: WalkStep = { actor: AGENT, command: command({ type: 'ConfirmMove', ...MOVE }) };
const revertMove: WalkStep = { actor: OTHER_AGENT, command: command({ type: 'RevertMove', ...MOVE }) };
const cancelMove: WalkStep = { actor: SCHEDULER, command: command({ type: 'CancelMove', ...MOVE }) };
const failMove: WalkStep = { actor: OTHER_AGENT, command: command({ type: 'FailMove', ...MOVE, reason: 'full' }) };

const dropLeftBehind: WalkStep = {
  actor: AGENT,
  command: command({ type: 'DropMoveClaim', ...MOVE, side: 'source', state: 'completed' }),
};

/** The source comes back as its next incarnation. */
const comeBack: WalkStep = { actor: AGENT, command: registerNode('node-1', 'boot-2') };

/** Every way of a move of `i-1`, held on `node-1` with 2 VCPU, to `node-2`; the move's claim has the id `move-1`. */
export const WALKS: Readonly<Record<string, readonly WalkStep[]>> = {
  'resize, confirmed': [claimMove('resize'), ...TWO_STEPS, confirmMove],
  'resize, reverted': [claimMove('resize'), ...TWO_STEPS, revertMove],
  'cold, confirmed': [claimMove('cold'), ...TWO_STEPS, confirmMove],
  'cold, failed late and reverted': [claimMove('cold'), ...TWO_STEPS.slice(0, 3), failMove, revertMove],
  'live, completed': [claimMove('live'), ...TWO_STEPS.slice(0, 3), advance('completed')],
  'live, cancelled': [claimMove('live'), advance('prepared'), cancelMove],
  'evacuation, completed, and the source comes back': [
    markDown,
    claimMove('evacuation'),
    advance('running'),
    advance('switched'),
    advance('completed'),
    comeBack,
    dropLeftBehind,
  ],
  'unshelve, completed': [shelve, unshelve, advance('running'), advance('completed')],
  'unshelve, failed': [shelve, unshelve, failMove],
};

/** Two nodes of two agents with 8 VCPU each, and `i-1` confirmed on the first. */
export async function startMoving(world: World): Promise<void> {
  const at = world.time.clock.now();
  await accepted(world.ask(message('register-1', at, registerNode('node-1'))));
  await accepted(world.ask(message('report-1', at, reportInventory('node-1', 8))));
  await accepted(world.ask(message('register-2', at, registerNode('node-2'), OTHER_AGENT)));
  await accepted(world.ask(message('report-2', at, reportInventory('node-2', 8), OTHER_AGENT)));
  await accepted(world.ask(message('claim-1', at, claimInstance('node-1', 'i-1', 2))));
  const confirm = command({ type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId: 'claim-1' });
  await accepted(world.ask(message('confirm-1', at, confirm)));
}

/** The message of a step; that of the move's claim has the move's id. */
export const messageOf = (world: World, { actor, command: body }: WalkStep, place: number) =>
  message(body.type === 'ClaimMove' ? MOVE.moveId : `step-${place}`, world.time.clock.now(), body, actor);

export async function accepted(asked: Promise<CommandReply>): Promise<Extract<CommandReply, { outcome: 'accepted' }>> {
  const reply = await asked;
  if (reply.outcome !== 'accepted') {
    throw new Error(`not accepted: ${JSON.stringify(reply)}`);
  }
  return reply;
}
