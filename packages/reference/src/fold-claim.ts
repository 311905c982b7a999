import { addClaim, compareText, removeClaim } from './charges.ts';
import { commandOf, type ReferenceEvent, type ReferenceEventOf } from './event.ts';
import { knownNode } from './fold-node.ts';
import { withoutVanished } from './report.ts';
import type { ReferenceClaim, ReferenceState } from './state.ts';
import { checkClaim, violate } from './violations.ts';

export function claimInstance(state: ReferenceState, event: ReferenceEventOf<'InstanceClaimed'>): void {
  const command = commandOf(event, 'ClaimInstance');
  const node = knownNode(state, event, event.data.node);
  if (node === undefined) {
    return;
  }
  const claim: ReferenceClaim = {
    claimId: event.commandId,
    instance: command.instance,
    node: node.id,
    status: 'unconfirmed',
    tenant: command.tenant ?? '',
    labels: Object.entries(command.labels ?? {}).sort(([left], [right]) => compareText(left, right)),
    claimant: { role: event.actor.role, id: event.actor.id },
    requestText: JSON.stringify(command.request ?? command.charge),
    charge: event.data.charge,
  };
  checkClaim(state, event, node, claim);
  addClaim(node, claim);
  state.claims.set(claim.instance, claim);
}

export function confirmClaim(state: ReferenceState, event: ReferenceEventOf<'ClaimConfirmed'>): void {
  const claim = liveClaim(state, event, commandOf(event, 'ConfirmClaim'));
  if (claim !== undefined) {
    claim.status = 'confirmed';
  }
}

interface ClaimAddress {
  readonly node: string;
  readonly instance: string;
  readonly claimId: string;
}

/** Gives the charge back. An aborted instance is forgotten, a dropped one has ended for good. */
export function endClaim(
  state: ReferenceState,
  event: ReferenceEventOf<'ClaimAborted' | 'InstanceDropped'>,
  address: ClaimAddress,
): void {
  const claim = liveClaim(state, event, address);
  const node = state.nodes.get(address.node);
  if (claim === undefined || node === undefined) {
    return;
  }
  if (event.type === 'InstanceDropped') {
    state.ended.add(address.instance);
  } else if (claim.status === 'confirmed') {
    violate(state, event, `claim ${claim.claimId} is confirmed and cannot be aborted`);
  }
  removeClaim(node, claim);
  node.providers = withoutVanished(node);
  state.claims.delete(address.instance);
}

function liveClaim(state: ReferenceState, event: ReferenceEvent, address: ClaimAddress): ReferenceClaim | undefined {
  const claim = state.claims.get(address.instance);
  if (claim?.claimId === address.claimId && claim.node === address.node) {
    return claim;
  }
  violate(state, event, `instance ${address.instance} has no live claim ${address.claimId} on node ${address.node}`);
  return undefined;
}
