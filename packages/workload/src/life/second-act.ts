import type { ResourceRequest } from '@fleetbook/domain';
import { chooseShare } from '../choose-share.ts';
import type { ClientOf } from '../fill/register-fleet.ts';
import { inTurn } from '../in-turn.ts';
import { CPU_CLASS } from '../openb/to-ledger.ts';
import { seededRandom } from '../seeded-random.ts';
import { accepted, agentOf, type Guest, type Stage } from './actors.ts';
import { type Evacuation, evacuateAndReturn } from './evacuate.ts';
import { driftAndHeal, type Healing } from './heal.ts';
import { type MoveEnding, type MoveFate, playMove } from './play-move.ts';
import { shelveAndBack } from './shelve.ts';

/** What the second act came to. */
export interface SecondAct {
  readonly commands: number;
  /** How many moves ended how, by kind. */
  readonly moves: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly evacuation: Evacuation;
  readonly healing: Healing;
}

const MOVES_AT_A_TIME = 16;
const SHARE_THAT_MOVES = 0.05;
const FIRST_INCARNATION = 1;

/** The trace has no resize and no migration: these kinds, endings and their rates are made up. */
const KINDS = [
  { kind: 'resize', endings: ['confirmed', 'confirmed', 'reverted', 'cancelled'] },
  { kind: 'cold', endings: ['confirmed', 'confirmed', 'reverted', 'cancelled'] },
  { kind: 'live', endings: ['completed', 'completed', 'completed', 'cancelled'] },
  { kind: 'unshelve', endings: ['completed'] },
] as const satisfies readonly { readonly kind: string; readonly endings: readonly MoveEnding[] }[];

const withHalfMoreCpu = (request: ResourceRequest): ResourceRequest => {
  const cpu = request.resources?.[CPU_CLASS];
  return cpu === undefined
    ? request
    : { ...request, resources: { ...request.resources, [CPU_CLASS]: cpu + Math.ceil(cpu / 2) } };
};

const count = (moves: Map<string, Map<string, number>>, kind: string, fate: MoveFate | 'stays-shelved'): void => {
  const fates = moves.get(kind) ?? new Map<string, number>();
  fates.set(fate, (fates.get(fate) ?? 0) + 1);
  moves.set(kind, fates);
};

interface HoldingNode {
  readonly node: string;
  readonly guests: readonly Guest[];
}

const fullestNodes = (guests: readonly Guest[]): readonly HoldingNode[] =>
  [...Map.groupBy(guests, ({ node }) => node)]
    .map(([node, held]) => ({ node, guests: held }))
    .sort((left, right) => right.guests.length - left.guests.length);

/** The guests that the act moves. */
const movingOf = (guests: readonly Guest[], seed: number): readonly Guest[] =>
  chooseShare(guests, SHARE_THAT_MOVES, seededRandom(seed));

/**
 * Resizes, migrates, shelves and evacuates on a filled fleet, by a recorded seed; then lets a node drift and heal.
 * Throws when a command that nothing stands in the way of is refused.
 */
export const playSecondAct = async (
  guests: readonly Guest[],
  seed: number,
  clientOf: ClientOf,
  onMove: (done: number, of: number) => void,
): Promise<SecondAct> => {
  let commands = 0;
  const onCommand = (): void => {
    commands += 1;
  };
  const stage: Stage = { clientOf, random: seededRandom(seed), onCommand };
  const living = new Map(guests.map((guest) => [guest.instance, guest]));
  const moves = new Map<string, Map<string, number>>();
  const moving = movingOf(guests, seed);
  let done = 0;
  await inTurn(moving, MOVES_AT_A_TIME, async (guest) => {
    const { kind, fate, guest: now } = await moveOne(stage, guest);
    count(moves, kind, fate);
    if (now === undefined) {
      living.delete(guest.instance);
    } else {
      living.set(guest.instance, now);
    }
    done += 1;
    onMove(done, moving.length);
  });
  const [down, drifting] = fullestNodes([...living.values()]);
  if (down === undefined || drifting === undefined) {
    throw new Error('the second act needs two nodes that hold something');
  }
  await confirmAll(stage, [...down.guests, ...drifting.guests]);
  const evacuation = await evacuateAndReturn(stage, down.node, down.guests);
  const healing = await driftAndHeal(stage, drifting.node, FIRST_INCARNATION, evacuation);
  return {
    commands,
    moves: Object.fromEntries([...moves].map(([kind, fates]) => [kind, Object.fromEntries(fates)])),
    evacuation,
    healing,
  };
};

const confirmAll = (stage: Stage, guests: readonly Guest[]): Promise<void> =>
  inTurn(guests, MOVES_AT_A_TIME, async ({ instance, node, claimId }) => {
    await accepted(stage, agentOf(stage, node).send('ConfirmClaim', { node, instance, claimId }));
  });

interface Moved {
  readonly kind: string;
  readonly fate: MoveFate | 'stays-shelved';
  /** Undefined for an instance that no node has room for now. */
  readonly guest: Guest | undefined;
}

/** Draws a kind and an ending by the seed and plays them. */
const moveOne = async (stage: Stage, guest: Guest): Promise<Moved> => {
  await confirmAll(stage, [guest]);
  const { kind, endings } = KINDS[stage.random.below(KINDS.length)] ?? KINDS[0];
  if (kind === 'unshelve') {
    return { kind, ...(await shelveAndBack(stage, guest)) };
  }
  const ending = endings[stage.random.below(endings.length)] ?? endings[0];
  const request = kind === 'resize' ? withHalfMoreCpu(guest.request) : guest.request;
  return { kind, ...(await playMove(stage, guest, { kind, ending, request })) };
};
