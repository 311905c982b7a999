import type { ClaimView, InstanceAnswer } from '@fleetbook/contracts';
import type { PlacementGroup } from '@fleetbook/domain';
import { printCharge } from './charge.ts';
import { moveText } from './move.ts';
import { printFacts } from './table.ts';
import type { Terminal } from './terminal.ts';

type Facts = readonly (readonly [string, string])[];

/** Where an instance is and what it holds. */
export function printInstance(terminal: Terminal, answer: InstanceAnswer): void {
  const of: Facts = [['instance', answer.instance]];
  switch (answer.status) {
    case 'ended':
      printFacts(terminal, [...of, ['status', 'ended: its id is not used again']]);
      return;
    case 'offloaded':
      printFacts(terminal, [
        ...of,
        ['status', 'offloaded: it holds nothing, an unshelve charges a node with it again'],
        ['last node', answer.node],
        ['last claim', answer.claimId],
        ...belongings(answer),
      ]);
      return;
    case 'held':
      printFacts(terminal, [...of, ...claimFacts(answer.claim), ...belongings({ ...answer.claim, ...answer })]);
      terminal.print('');
      printCharge(terminal, answer.claim.charge);
  }
}

function claimFacts({ status, expiry, release, node, claimId, claimant, state }: ClaimView): Facts {
  return [
    ['status', release === undefined ? `held, ${status}` : releaseText(release)],
    ...(expiry === undefined ? [] : [['expires', new Date(expiry.expiresAt).toISOString()] as const]),
    ['node', node],
    ['claim', claimId],
    ['claimant', `${claimant.role} ${claimant.id}`],
    ...(state === undefined ? [] : [['guest', [state.vm, state.task ?? ''].join(' ').trim()] as const]),
  ];
}

function releaseText({ requestedBy, becomes }: NonNullable<ClaimView['release']>): string {
  const what = becomes === 'offloaded' ? 'offload' : 'drop';
  return `releasing: its agent has to ${what} it, asked for by ${requestedBy.role} ${requestedBy.id}`;
}

function groupText({ id, rule, maxPerNode }: PlacementGroup): string {
  return `${id} ${rule}${maxPerNode === undefined ? '' : ` (at most ${maxPerNode} per node)`}`;
}

function belongings({
  tenant,
  labels = {},
  groups = [],
  move,
}: Pick<ClaimView, 'tenant' | 'labels' | 'groups'> & Pick<Extract<InstanceAnswer, { status: 'held' }>, 'move'>): Facts {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    ...(tenant === undefined ? [] : [['tenant', tenant] as const]),
    ...(pairs.length === 0 ? [] : [['labels', pairs.join(' ')] as const]),
    ...(groups.length === 0 ? [] : [['groups', groups.map(groupText).join(', ')] as const]),
    ...(move === undefined ? [] : [['move', `${move.moveId}: ${moveText(move)}`] as const]),
  ];
}
