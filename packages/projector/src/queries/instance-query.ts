import type { ClaimView, InstanceAnswer, InstanceQuery, MoveView } from '@fleetbook/contracts';
import { type Claim, type Instance, type Ledger, succeed } from '@fleetbook/domain';
import type { QuestionView } from '../view/question-view.ts';
import { moveView } from './move-view.ts';
import { type Answer, notFound } from './node-queries.ts';

export function answerInstance({ ledger }: QuestionView, query: InstanceQuery): Answer<InstanceAnswer> {
  const instance = ledger.instances.get(query.instance);
  return instance === undefined ? notFound('instance', query.instance) : succeed(instanceView(ledger, instance));
}

function instanceView(ledger: Ledger, instance: Instance): InstanceAnswer {
  switch (instance.status) {
    case 'held':
      return {
        instance: instance.id,
        status: 'held',
        claim: claimView(instance.claim),
        ...openMove(ledger, instance.moveId),
      };
    case 'offloaded':
      return {
        instance: instance.id,
        status: 'offloaded',
        claimId: instance.claimId,
        node: instance.node,
        ...(instance.tenant === undefined ? {} : { tenant: instance.tenant }),
        ...(instance.labels === undefined ? {} : { labels: instance.labels }),
        ...(instance.groups === undefined ? {} : { groups: instance.groups }),
        ...openMove(ledger, instance.moveId),
      };
    case 'ended':
      return { instance: instance.id, status: 'ended' };
  }
}

function openMove(ledger: Ledger, moveId: string | undefined): { readonly move?: MoveView } {
  const move = moveId === undefined ? undefined : ledger.moves.get(moveId);
  return move === undefined ? {} : { move: moveView(move) };
}

function claimView(claim: Claim): ClaimView {
  const { tenant, labels, groups, expiry, release, state } = claim;
  return {
    claimId: claim.claimId,
    node: claim.node,
    status: claim.status,
    ...(tenant === undefined ? {} : { tenant }),
    ...(labels === undefined ? {} : { labels }),
    claimant: claim.claimant,
    charge: claim.charge,
    ...(groups === undefined ? {} : { groups }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(release === undefined ? {} : { release }),
    ...(state === undefined ? {} : { state }),
  };
}
