import { compareText, freeClaim, holdClaim } from './charges.ts';
import type { ChargeLine, ClaimAddress, PlacementGroup } from './command.ts';
import { commandOf, type ReferenceEvent, type ReferenceEventOf } from './event.ts';
import { closeMove } from './fold-move.ts';
import { knownNode } from './fold-node.ts';
import { checkFreeing } from './freeing.ts';
import type { Description, ReferenceClaim, ReferenceState } from './state.ts';
import { checkLines, checkNewClaim, checkTakesClaims, violate } from './violations.ts';

export function claimInstance(state: ReferenceState, event: ReferenceEventOf<'InstanceClaimed'>): void {
  const command = commandOf(event, 'ClaimInstance');
  const { node, charge } = event.data;
  const { ttlMs } = command;
  checkTakesClaims(state, event, node);
  checkLines(state, event, node, charge);
  addClaim(state, event, {
    ...describe(command, event),
    instance: command.instance,
    claimId: event.commandId,
    node,
    status: 'unconfirmed',
    requestText: JSON.stringify(command.request ?? command.charge),
    charge,
    expiry: ttlMs === undefined ? undefined : { ttlMs, expiresAt: event.at + ttlMs },
    release: undefined,
    state: undefined,
  });
}

/** A guest that runs already: there is no question whether it fits. */
export function adoptInstance(state: ReferenceState, event: ReferenceEventOf<'InstanceAdopted'>): void {
  const command = commandOf(event, 'AdoptInstance');
  const named = unitsOf(command.charge);
  for (const unit of unitsOf(event.data.charge).filter((each) => !named.includes(each))) {
    violate(state, event, `instance ${command.instance} is adopted with unit ${unit}, which nobody named`);
  }
  addAdopted(state, event, { ...command, charge: event.data.charge }, command.charge);
}

const unitsOf = (charge: readonly ChargeLine[]): string[] =>
  charge.flatMap((line) => (line.units ?? []).map((unit) => `${unit} of ${line.provider} ${line.class}`));

interface Adopted {
  readonly node: string;
  readonly instance: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly charge: readonly ChargeLine[];
}

export function addAdopted(
  state: ReferenceState,
  event: ReferenceEvent,
  adopted: Adopted,
  asked: readonly ChargeLine[],
): void {
  addClaim(state, event, {
    ...describe(adopted, event),
    instance: adopted.instance,
    claimId: event.commandId,
    node: adopted.node,
    status: 'confirmed',
    requestText: JSON.stringify(asked),
    charge: adopted.charge,
    expiry: undefined,
    release: undefined,
    state: undefined,
  });
}

interface Describing {
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly groups?: readonly PlacementGroup[];
}

function describe({ tenant, labels, groups }: Describing, event: ReferenceEvent): Description {
  return {
    tenant: tenant ?? '',
    labels: labels === undefined ? NONE : Object.entries(labels).sort(([left], [right]) => compareText(left, right)),
    claimant: event.actor,
    groups: groups ?? NONE,
  };
}

const NONE: readonly never[] = [];

function addClaim(state: ReferenceState, event: ReferenceEvent, claim: ReferenceClaim): void {
  if (knownNode(state, event, claim.node) === undefined) {
    return;
  }
  checkNewClaim(state, event, claim);
  state.claims.set(claim.instance, claim);
  holdClaim(state, claim);
}

export function confirmClaim(state: ReferenceState, event: ReferenceEventOf<'ClaimConfirmed'>): void {
  const claim = liveClaim(state, event, commandOf(event, 'ConfirmClaim'));
  if (claim !== undefined) {
    claim.status = 'confirmed';
    claim.expiry = undefined;
  }
}

/** Gives back what was never confirmed; the instance is forgotten. */
export function abortClaim(
  state: ReferenceState,
  event: ReferenceEventOf<'ClaimAborted' | 'ClaimExpired'>,
  address: ClaimAddress,
): void {
  const claim = liveClaim(state, event, address);
  if (claim === undefined) {
    return;
  }
  if (claim.status === 'confirmed') {
    violate(state, event, `claim ${claim.claimId} is confirmed and cannot be given up`);
  }
  if (event.type === 'ClaimExpired' && (claim.expiry === undefined || event.at < claim.expiry.expiresAt)) {
    violate(state, event, `claim ${claim.claimId} has not expired`);
  }
  removeClaim(state, claim);
}

/** A shelved instance has no claim, but ends all the same. */
export function endInstance(
  state: ReferenceState,
  event: ReferenceEventOf<'InstanceDropped' | 'InstanceForceDropped'>,
): void {
  const address = commandOf(event, 'DropInstance', 'ForceDrop');
  checkEvacuated(state, event, address.instance);
  closeEndedMove(state, event, address.instance, event.data.move);
  if (!state.shelved.delete(address.instance)) {
    const claim = liveClaim(state, event, { ...address, claimId: address.claimId ?? '' });
    if (claim === undefined) {
      return;
    }
    checkFreeing(state, event, claim.node, claim.status === 'unconfirmed');
    removeClaim(state, claim);
  }
  state.ended.add(address.instance);
}

export function offloadInstance(state: ReferenceState, event: ReferenceEventOf<'InstanceOffloaded'>): void {
  const claim = liveClaim(state, event, commandOf(event, 'ShelveOffload'));
  if (claim !== undefined) {
    checkFreeing(state, event, claim.node, false);
    shelve(state, claim);
  }
}

export function shelve(state: ReferenceState, claim: ReferenceClaim): void {
  const { instance, claimId, node, tenant, labels, claimant, groups } = claim;
  removeClaim(state, claim);
  state.shelved.set(instance, { instance, claimId, node, tenant, labels, claimant, groups });
}

/** Somebody asked who may not free it: all stays charged. */
export function requestDrop(state: ReferenceState, event: ReferenceEventOf<'DropRequested'>): void {
  const command = commandOf(event, 'DropInstance', 'ShelveOffload');
  checkEvacuated(state, event, command.instance);
  closeEndedMove(state, event, command.instance, event.data.move);
  const claim = liveClaim(state, event, command);
  if (claim !== undefined) {
    const then = command.type === 'DropInstance' ? 'ended' : 'offloaded';
    claim.release = { since: event.at, requestedBy: event.actor, then };
  }
}

/** An agent has no say about an instance that is on its way from its node, which was given up on. */
function checkEvacuated(state: ReferenceState, event: ReferenceEvent, instance: string): void {
  const open = state.openMoves.get(instance);
  if (event.actor.role === 'agent' && open?.kind === 'evacuation' && open.otherSide === 'destination') {
    violate(state, event, `agent ${event.actor.id} ends instance ${instance}, which is being evacuated`);
  }
}

function closeEndedMove(
  state: ReferenceState,
  event: ReferenceEvent,
  instance: string,
  ended: ReferenceEventOf<'DropRequested'>['data']['move'],
): void {
  const open = state.openMoves.get(instance);
  if (open?.id !== ended?.moveId) {
    violate(state, event, `instance ${instance} has the open move ${open?.id}, not ${ended?.moveId}`);
  }
  if (open !== undefined && ended !== undefined) {
    closeMove(state, event, open, 'dropped', ended.other);
  }
}

export function rebuildInstance(state: ReferenceState, event: ReferenceEventOf<'InstanceRebuilt'>): void {
  const command = commandOf(event, 'RebuildInstance');
  const claim = liveClaim(state, event, command);
  if (claim === undefined) {
    return;
  }
  if (state.openMoves.has(claim.instance) || claim.status !== 'confirmed' || claim.release !== undefined) {
    violate(state, event, `instance ${claim.instance} cannot be rebuilt as it is`);
  }
  claim.charge = event.data.charge;
  if (command.stage === 'after') {
    claim.requestText = JSON.stringify(command.request ?? command.charge);
  }
  holdClaim(state, claim);
}

export function reportState(state: ReferenceState, event: ReferenceEventOf<'InstanceStateReported'>): void {
  const command = commandOf(event, 'ReportInstanceState');
  const claim = liveClaim(state, event, command);
  if (claim !== undefined) {
    const { vm, task = '', osType = '' } = command.state;
    claim.state = { vm, task, osType };
  }
}

export function removeClaim(state: ReferenceState, claim: ReferenceClaim): void {
  freeClaim(state, claim);
  state.claims.delete(claim.instance);
}

function liveClaim(state: ReferenceState, event: ReferenceEvent, address: ClaimAddress): ReferenceClaim | undefined {
  const claim = state.claims.get(address.instance);
  if (claim?.claimId === address.claimId && claim.node === address.node) {
    return claim;
  }
  violate(state, event, `instance ${address.instance} has no live claim ${address.claimId} on node ${address.node}`);
  return undefined;
}
