import type { BatchPart, HeldRecord, Move, MoveKind, MoveState, OffloadedRecord, SideState } from '@fleetbook/domain';
import { askedOn, chargeOn } from './random-requests.ts';
import { type MoveCommandStep, NODES, type PartStep, type Step } from './random-steps.ts';
import {
  actorOf,
  chooseInstance,
  claimOf,
  incarnationOf,
  instanceOf,
  type Known,
  moveOf,
  OPERATOR,
  ORIGIN,
  openNode,
  recordOf,
  type Sent,
} from './senders.ts';

type SentPart = Sent & { readonly command: BatchPart };

type StepOf<Type extends Step['type']> = Extract<Step, { readonly type: Type }>;

/** Most of what nobody could mean is replaced by what brings the cell nearer to a state in which somebody could. */
export function partCommand(known: Known, step: PartStep): SentPart {
  const isIdle = step.slip === 'none' && step.slot > 1 && !isPossible(known, step.type);
  return commandFor(known, isIdle ? fruitful(known, step) : step);
}

function isPossible(known: Known, type: PartStep['type']): boolean {
  switch (type) {
    case 'ClaimInstance':
      return true;
    case 'ConfirmClaim':
    case 'AbortClaim':
      return isThere(known, isUnconfirmed);
    case 'DropInstance':
    case 'ShelveOffload':
    case 'RebuildInstance':
    case 'ClaimMove':
      return isThere(known, isMovable);
    case 'DropMoveClaim':
      return holdingOf(known).length > 0;
    default:
      return isThere(known, ({ moveId }) => moveId !== undefined);
  }
}

function fruitful(known: Known, { slot, slip, sender }: PartStep): PartStep {
  const who = { slot, slip, sender: sender === 'operator' ? 'scheduler' : sender } as const;
  const node = NODES[slot % NODES.length] ?? 'n1';
  if (isThere(known, isMovable)) {
    const kind = (['resize', 'cold', 'live'] as const)[slot % 3];
    return { type: 'ClaimMove', ...who, kind, node, replace: slot % 2 === 0, asked: null };
  }
  if (isThere(known, isUnconfirmed)) {
    return { type: 'ConfirmClaim', ...who };
  }
  return { type: 'ClaimInstance', ...who, node, asked: { request: { resources: { VCPU: 1 + (slot % 3) } } } };
}

type Live = HeldRecord | OffloadedRecord;

const isThere = ({ ledger }: Known, isMeant: (record: Live) => boolean): boolean =>
  [...ledger.instances.values()].some((record) => record.status !== 'ended' && isMeant(record));

const isUnconfirmed = (record: Live): boolean => record.status === 'held' && record.claim.status === 'unconfirmed';

const isMovable = (record: Live): boolean =>
  record.moveId === undefined &&
  (record.status === 'offloaded' || (record.claim.status === 'confirmed' && record.claim.release === undefined));

function commandFor(known: Known, step: PartStep): SentPart {
  switch (step.type) {
    case 'ClaimInstance':
      return claimCommand(known, step);
    case 'ConfirmClaim':
    case 'AbortClaim':
    case 'DropInstance':
    case 'ShelveOffload':
    case 'RebuildInstance':
      return heldCommand(known, step);
    case 'ClaimMove':
      return claimMove(known, step);
    default:
      return moveCommand(known, step);
  }
}

function claimCommand(known: Known, step: StepOf<'ClaimInstance'>): SentPart {
  const { slot, slip, sender, asked, type, ...rest } = step;
  const node = openNode(known, step.node, slip);
  const instance = instanceOf(known, slot, slip !== 'none');
  const command = { type, origin: ORIGIN, instance, ...rest, node, ...askedOn(node, asked) };
  return { actor: actorOf(known, sender, node), command };
}

/** The claim of the instance as the sender knows it, which may be one that is gone. */
function addressOf(known: Known, { slip }: Pick<MoveCommandStep, 'slip'>, instance: string) {
  const record = recordOf(known, instance);
  const live = record?.status === 'held' ? record.claim : record;
  const used = known.usedIds.get(instance) ?? [];
  const node = slip === 'other-node' ? 'n1' : (live?.node ?? 'n1');
  const claimId = slip === 'old-id' ? (used[0] ?? 'never') : (live?.claimId ?? used.at(-1) ?? 'never');
  return { node, instance, claimId };
}

function incarnationFor(known: Known, slip: PartStep['slip'], node: string) {
  return slip === 'old-incarnation' ? { incarnation: Math.max(1, incarnationOf(known, node) - 1) } : {};
}

function heldCommand(
  known: Known,
  step: StepOf<'ConfirmClaim' | 'AbortClaim' | 'DropInstance' | 'ShelveOffload' | 'RebuildInstance'>,
): SentPart {
  const { type } = step;
  const isOfNew = type === 'ConfirmClaim' || type === 'AbortClaim';
  const isMeant = (record: Live): boolean => record.status === 'held' && isUnconfirmed(record) === isOfNew;
  const address = addressOf(known, step, chooseInstance(known, step, isMeant));
  const record = recordOf(known, address.instance);
  const claimant = record?.status === 'held' ? record.claim.claimant : record?.claimant;
  const actor = actorOf(known, step.sender, address.node, claimant);
  if (type === 'RebuildInstance') {
    const { stage, asked } = step;
    const charge = claimOf(known, address.instance)?.charge ?? [];
    const what = asked === null ? { charge } : askedOn(address.node, asked);
    return { actor, command: { type, origin: ORIGIN, ...address, stage, ...what } };
  }
  const fields = { origin: ORIGIN, ...address };
  return type === 'ConfirmClaim' || type === 'AbortClaim'
    ? { actor, command: { type, ...fields } }
    : { actor, command: { type, ...fields, ...incarnationFor(known, step.slip, address.node) } };
}

type ClaimMoveStep = StepOf<'ClaimMove'>;

function claimMove(known: Known, step: ClaimMoveStep): SentPart {
  const isStranded = (record: Live): boolean =>
    isMovable(record) && record.status === 'held' && known.ledger.nodes.get(record.claim.node)?.status.kind === 'down';
  const isMeant = isThere(known, isStranded) ? isStranded : isMovable;
  const { node, instance, claimId } = addressOf(known, step, chooseInstance(known, step, isMeant));
  const kind = usualKind(known, step, instance, node);
  const origin = ORIGIN;
  const destination = openNode(known, step.node, step.slip, kind === 'resize' || kind === 'cold' ? undefined : node);
  const source = kind === 'unshelve' ? {} : { source: node, claimId };
  const isOnOne = kind !== 'unshelve' && destination === node;
  // Between two nodes it is refused, which is worth no more than a few steps.
  const replace = isOnOne || step.slot === 0 ? step.replace : undefined;
  // A shelved instance asks for nothing that a move could repeat.
  const asked = step.asked ?? (kind === 'unshelve' ? { request: { resources: { VCPU: 1 } } } : null);
  const what = asked === null ? {} : askedOn(destination, asked);
  return {
    actor: actorOf(known, step.sender, destination),
    command: {
      ...{ type: step.type, origin, kind, instance, ...source, destination, ...what },
      ...(replace === undefined ? {} : { replace }),
    },
  };
}

/** The kind that the state of the instance and its node asks for; now and then another one. */
function usualKind(known: Known, { kind, slot }: ClaimMoveStep, instance: string, node: string): MoveKind {
  if (kind !== undefined && slot === 0) {
    return kind;
  }
  if (recordOf(known, instance)?.status === 'offloaded') {
    return 'unshelve';
  }
  if (known.ledger.nodes.get(node)?.status.kind === 'down') {
    return 'evacuation';
  }
  return kind === 'cold' || kind === 'live' ? kind : 'resize';
}

const NEXT: Readonly<Record<'two' | 'live' | 'evacuation' | 'unshelve', Partial<Record<MoveState, MoveState>>>> = {
  two: { claimed: 'prepared', prepared: 'running', running: 'switched', switched: 'finished' },
  live: { claimed: 'prepared', prepared: 'running', running: 'switched', switched: 'completed' },
  evacuation: { claimed: 'running', running: 'switched', switched: 'completed' },
  unshelve: { claimed: 'running', running: 'completed' },
};

const AIMS = ['prepared', 'running', 'switched', 'finished', 'completed'] as const;

function aimOf(move: Move | undefined, isAstray: boolean): (typeof AIMS)[number] {
  const way = move?.kind === 'resize' || move?.kind === 'cold' ? 'two' : (move?.kind ?? 'two');
  const next = AIMS.find((aim) => aim === NEXT[way][move?.state ?? 'claimed']) ?? 'prepared';
  return isAstray ? (AIMS[(AIMS.indexOf(next) + 1) % AIMS.length] ?? 'running') : next;
}

function moveCommand(known: Known, step: MoveCommandStep): SentPart {
  const { slot, slip, type, isAstray } = step;
  const isMeant = (record: Live): boolean => record.moveId !== undefined;
  const left = type === 'DropMoveClaim' ? holdingOf(known, 'left-behind') : [];
  const holding = type === 'DropMoveClaim' && left.length === 0 ? holdingOf(known) : left;
  const instance = holding[slot % Math.max(1, holding.length)] ?? chooseInstance(known, { slot, slip }, isMeant);
  const move = moveOf(known, instance, type === 'DropMoveClaim');
  const used = known.usedIds.get(instance) ?? [];
  const moveId = slip === 'old-id' ? (used[0] ?? 'never') : (move?.id ?? 'never');
  const node = move?.other?.node ?? move?.destination ?? 'n1';
  const sender = type === 'AdvanceMove' ? (move?.destination ?? 'n1') : node;
  // The window in which somebody else asks for what an evacuation left is short.
  const isAsked = left.length > 0 && slot % 2 === 0;
  const actor = actorOf(known, isAsked ? 'operator' : step.sender, sender, move?.claimant);
  const address = { origin: ORIGIN, instance, moveId };
  const incarnation = incarnationFor(known, slip, node);
  switch (type) {
    case 'AdvanceMove':
      return { actor, command: { type, ...address, to: aimOf(move, isAstray) } };
    case 'FailMove':
      return { actor, command: { type, ...address, ...incarnation, reason: 'broken' } };
    case 'DropMoveClaim': {
      const side = (move?.otherSide === 'source') === isAstray ? 'destination' : 'source';
      return { actor, command: { type, ...address, ...incarnation, side, state: move?.state ?? 'confirmed' } };
    }
    default:
      return { actor, command: { type, ...address, ...incarnation } };
  }
}

/** Instances whose closed moves still hold something. */
function holdingOf({ ledger }: Known, state?: SideState): string[] {
  return [...ledger.moves.values()].flatMap(({ id, instance, other }) => {
    const record = ledger.instances.get(instance);
    const isOpen = record !== undefined && record.status !== 'ended' && record.moveId === id;
    return other === undefined || isOpen || other.state !== (state ?? other.state) ? [] : [instance];
  });
}

export function otherCommand(
  known: Known,
  step: StepOf<'ReportInstanceState' | 'AdoptInstance' | 'ForceDrop' | 'AtomicBatch'>,
): Sent {
  if (step.type === 'AtomicBatch') {
    const commands = step.parts.map((part) => partCommand(known, part).command);
    const first = commands[0];
    const node = first !== undefined && 'node' in first ? first.node : 'n1';
    return { actor: actorOf(known, step.sender, node), command: { type: step.type, origin: ORIGIN, commands } };
  }
  const { type, slot, slip } = step;
  if (type === 'AdoptInstance') {
    const instance = instanceOf(known, slot, slip !== 'none');
    const charge = chargeOn(step.node, step.charge);
    return { actor: OPERATOR, command: { type, origin: ORIGIN, node: step.node, instance, charge } };
  }
  const isMeant = (record: Live): boolean => record.status === 'held';
  const holding = type === 'ForceDrop' && step.isSide ? holdingOf(known) : [];
  const instance = holding[slot % Math.max(1, holding.length)] ?? chooseInstance(known, step, isMeant);
  const address = addressOf(known, step, instance);
  const actor = actorOf(known, step.sender, address.node);
  if (type === 'ReportInstanceState') {
    const { vm, task } = step;
    const state = { vm, ...(task === undefined ? {} : { task }) };
    return { actor, command: { type, origin: ORIGIN, ...address, state } };
  }
  const { node, claimId } = address;
  const move = moveOf(known, instance, true);
  const isSide = step.isSide && move?.other !== undefined;
  const what = isSide ? { node: move.other.node, instance, moveId: move.id } : { node, instance, claimId };
  return { actor, command: { type, origin: ORIGIN, ...what, reason: 'power is off' } };
}
