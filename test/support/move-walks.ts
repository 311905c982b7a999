import type { Fleetbook, SendOptions } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import type { AdvancedState, MoveKind, MoveState } from '@fleetbook/domain';
import { addNodes, agentOf, mustBeAccepted } from './fleet.ts';

type Step = (options: SendOptions) => Promise<CommandReply>;

/** A move of one instance from a node of its own to another one, from a confirmed claim to its end. */
export interface MoveWalk {
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly moveId: string;
  readonly steps: readonly Step[];
  /** How the move ends, and where its instance is then. */
  readonly end: MoveState;
  readonly endsAt: 'source' | 'destination' | 'nowhere';
}

type Plan = Pick<MoveWalk, 'end' | 'endsAt'> & {
  readonly kind: MoveKind;
  readonly path: readonly (AdvancedState | 'confirm' | 'revert' | 'cancel' | 'fail' | 'comeBack' | 'drop')[];
};

const UNTIL_FINISHED = ['prepared', 'running', 'switched', 'finished'] as const;

const PLANS: Readonly<Record<string, Plan>> = {
  'resize-confirmed': { kind: 'resize', path: [...UNTIL_FINISHED, 'confirm'], end: 'confirmed', endsAt: 'destination' },
  'resize-reverted': { kind: 'resize', path: [...UNTIL_FINISHED, 'revert'], end: 'reverted', endsAt: 'source' },
  'cold-confirmed': { kind: 'cold', path: [...UNTIL_FINISHED, 'confirm'], end: 'confirmed', endsAt: 'destination' },
  'cold-cancelled': { kind: 'cold', path: ['prepared', 'running', 'cancel'], end: 'cancelled', endsAt: 'source' },
  'cold-failed-late': {
    kind: 'cold',
    path: ['prepared', 'running', 'switched', 'fail', 'revert'],
    end: 'reverted',
    endsAt: 'source',
  },
  'live-completed': {
    kind: 'live',
    path: ['prepared', 'running', 'switched', 'completed', 'drop'],
    end: 'completed',
    endsAt: 'destination',
  },
  'live-failed': { kind: 'live', path: ['prepared', 'fail'], end: 'failed', endsAt: 'source' },
  'evacuation-returned': {
    kind: 'evacuation',
    path: ['running', 'switched', 'completed', 'comeBack', 'drop'],
    end: 'completed',
    endsAt: 'destination',
  },
  'unshelve-completed': { kind: 'unshelve', path: ['running', 'completed'], end: 'completed', endsAt: 'destination' },
  'unshelve-cancelled': { kind: 'unshelve', path: ['running', 'cancel'], end: 'cancelled', endsAt: 'nowhere' },
};

const TWO_VCPU = { resources: { CUSTOM_CPU_MILLI: 2_000 } };
const THREE_VCPU = { resources: { CUSTOM_CPU_MILLI: 3_000 } };

/** The commands of a walk in their order; the second one claims the move. */
function stepsOf(fleetbook: Fleetbook, name: string, { kind, path }: Plan): readonly Step[] {
  const [node, destination] = [`${name}-a`, `${name}-b`];
  const [leaving, receiving] = [agentOf(fleetbook, node), agentOf(fleetbook, destination)];
  const operator = fleetbook.as('operator', 'e2e');
  const claim = { instance: name, claimId: `${name}-claim` };
  const move = { instance: name, moveId: `${name}-1` };
  const ends: Readonly<Record<Exclude<Plan['path'][number], AdvancedState>, Step>> = {
    confirm: (options) => leaving.send('ConfirmMove', move, options),
    revert: (options) => receiving.send('RevertMove', move, options),
    cancel: (options) => receiving.send('CancelMove', move, options),
    fail: (options) => receiving.send('FailMove', { ...move, reason: 'no route' }, options),
    comeBack: (options) => leaving.send('RegisterNode', { node, bootId: `${node}:boot-2` }, options),
    drop: (options) => leaving.send('DropMoveClaim', { ...move, side: 'source', state: 'completed' }, options),
  };
  const prepare: Step = (options) => {
    switch (kind) {
      case 'evacuation':
        return operator.send('MarkNodeDown', { node, reason: 'power', fenced: false }, options);
      case 'unshelve':
        return leaving.send('ShelveOffload', { node, ...claim }, options);
      default:
        return leaving.send('ReportBuildResult', { node, instance: name, result: 'failed' }, options);
    }
  };
  const from = kind === 'unshelve' ? { instance: name } : { ...claim, source: node };
  return [
    prepare,
    (options) => receiving.send('ClaimMove', { kind, ...from, destination, request: THREE_VCPU }, options),
    ...path.map(
      (to): Step => (isEnd(to) ? ends[to] : (options) => receiving.send('AdvanceMove', { ...move, to }, options)),
    ),
  ];
}

function isEnd(to: Plan['path'][number]): to is Exclude<Plan['path'][number], AdvancedState> {
  return ['confirm', 'revert', 'cancel', 'fail', 'comeBack', 'drop'].includes(to);
}

/** Prepares every way a move can go: its two nodes, and its instance confirmed on the first with 2 VCPU. */
export async function startMoveWalks(fleetbook: Fleetbook): Promise<readonly MoveWalk[]> {
  return Promise.all(
    Object.entries(PLANS).map(async ([name, plan]) => {
      const [source, destination] = [`${name}-a`, `${name}-b`];
      await addNodes(fleetbook, [source, destination]);
      const agent = agentOf(fleetbook, source);
      const commandId = `${name}-claim`;
      const wanted = { node: source, instance: name, request: TWO_VCPU };
      mustBeAccepted(await agent.send('ClaimInstance', wanted, { commandId }));
      mustBeAccepted(await agent.send('ConfirmClaim', { node: source, instance: name, claimId: commandId }));
      const { end, endsAt } = plan;
      return { name, source, destination, moveId: `${name}-1`, steps: stepsOf(fleetbook, name, plan), end, endsAt };
    }),
  );
}
