import { freeSide } from './charges.ts';
import type { ReferenceEventOf } from './event.ts';
import { addAdopted, removeClaim, shelve } from './fold-claim.ts';
import { knownNode } from './fold-node.ts';
import { checkStartedAnew } from './freeing.ts';
import type { ReferenceDrift, ReferenceNode, ReferenceState } from './state.ts';
import { violate } from './violations.ts';

type Healed = ReferenceEventOf<'DriftHealed'>;
type Heal = Healed['data']['healed'][number];
type Key = Pick<Heal, 'kind' | 'instance' | 'moveId'>;

const isSame = (drift: ReferenceDrift, key: Key): boolean =>
  drift.kind === key.kind && drift.instance === key.instance && drift.moveId === (key.moveId ?? '');

/** Whether a drift is on record as it is; an absence counts within one incarnation only. */
const isSaid = (known: ReferenceDrift, drift: ReferenceDrift): boolean =>
  isSame(known, drift) &&
  known.detailsText === drift.detailsText &&
  (drift.kind !== 'guest-missing' || known.incarnation === drift.incarnation);

export function noteDrifts(state: ReferenceState, event: ReferenceEventOf<'DriftFound'>): void {
  const node = knownNode(state, event, event.data.node);
  if (node === undefined) {
    return;
  }
  for (const key of event.data.cleared) {
    forget(state, event, node, key);
  }
  if (event.data.found.length + event.data.cleared.length === 0) {
    violate(state, event, 'finds nothing');
  }
  for (const { kind, instance, moveId = '', details } of event.data.found) {
    const drift: ReferenceDrift = {
      ...{ kind, instance, moveId, detailsText: JSON.stringify(details) },
      ...{ since: event.at, foundAt: event.number, incarnation: node.incarnation },
    };
    if (node.drifts.some((known) => isSaid(known, drift))) {
      violate(state, event, `finds the ${kind} of instance ${instance} that is open already`);
    }
    node.drifts = [...node.drifts.filter((known) => !isSame(known, drift)), drift];
  }
}

/** Frees what is not there any more, and charges what is, each by a drift that is open and a policy that allows it. */
export function healDrifts(state: ReferenceState, event: Healed): void {
  const node = knownNode(state, event, event.data.node);
  if (node === undefined) {
    return;
  }
  const policy = node.driftPolicy?.policy ?? state.driftPolicy;
  if (event.data.policy !== policy) {
    violate(state, event, `heals by policy ${event.data.policy} where ${policy} holds`);
  }
  for (const heal of event.data.healed) {
    const isAllowed = policy === 'heal-all' || (policy === 'heal-safe' && heal.kind === 'release-done');
    if (!isAllowed) {
      violate(state, event, `policy ${policy} heals ${heal.kind} of instance ${heal.instance}`);
    }
    forget(state, event, node, heal);
    if (heal.effect === 'adopted') {
      const adopted = { node: node.id, instance: heal.instance, charge: heal.charge };
      addAdopted(state, event, adopted, heal.charge);
    } else {
      free(state, event, node, heal);
    }
  }
  if (node.driftPolicy !== undefined && event.data.healed.some(({ effect }) => effect === 'freed')) {
    node.driftPolicy = { ...node.driftPolicy, mayFree: 0 };
  }
}

function forget(
  state: ReferenceState,
  event: ReferenceEventOf<'DriftFound' | 'DriftHealed'>,
  node: ReferenceNode,
  key: Key,
): void {
  if (!node.drifts.some((drift) => isSame(drift, key))) {
    violate(state, event, `no ${key.kind} of instance ${key.instance} is open on node ${node.id}`);
  }
  node.drifts = node.drifts.filter((drift) => !isSame(drift, key));
}

function free(
  state: ReferenceState,
  event: Healed,
  node: ReferenceNode,
  heal: Extract<Heal, { effect: 'freed' }>,
): void {
  const move = heal.moveId === undefined ? undefined : state.moves.get(heal.moveId);
  const claim = heal.moveId === undefined ? state.claims.get(heal.instance) : undefined;
  if (move?.side?.node === node.id) {
    checkStartedAnew(state, event, node.id, move);
    freeSide(state, move);
    move.side = undefined;
  } else if (claim?.node === node.id && claim.claimId === heal.claimId) {
    endClaim(state, claim);
    for (const drift of node.drifts.filter((open) => open.instance === heal.instance && open.moveId === '')) {
      violate(state, event, `leaves ${drift.kind} of instance ${heal.instance} open, whose claim it frees`);
    }
  } else {
    violate(state, event, `frees nothing of instance ${heal.instance} on node ${node.id}`);
  }
}

/** A claim that is let go becomes what was asked of it; one whose guest is missing has ended. */
function endClaim(state: ReferenceState, claim: NonNullable<ReturnType<ReferenceState['claims']['get']>>): void {
  if (claim.release?.then === 'offloaded') {
    shelve(state, claim);
  } else {
    removeClaim(state, claim);
    state.ended.add(claim.instance);
  }
}

/** Nothing runs on a fenced node: what is only waiting for the word of its agent is freed. */
export function freeFenced(state: ReferenceState, id: string): void {
  for (const claim of [...state.claims.values()]) {
    if (claim.node === id && claim.release !== undefined) {
      endClaim(state, claim);
    }
  }
  for (const move of state.moves.values()) {
    if (move.side?.node === id && move.side.state !== 'held') {
      freeSide(state, move);
      move.side = undefined;
    }
  }
}
