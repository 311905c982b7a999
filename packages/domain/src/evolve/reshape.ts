import type { ReshapeOwner, ReshapeRule } from '../command.ts';
import type { Inventory, Ledger, Node, Provider } from '../ledger.ts';
import { compareIds, sortedIds } from '../order.ts';
import type { ChargeLine } from '../request.ts';
import { fail, type Result, succeed } from '../result.ts';
import { addCharge, removeCharge } from './charge-providers.ts';

export type ReshapeWhy =
  | 'unknown-target'
  | 'same-provider'
  | 'unknown-owner'
  | 'open-replace'
  | 'nothing-held'
  | 'more-than-held'
  | 'units-not-named'
  | 'units-differ'
  | 'unit-not-free'
  | 'no-capacity';

export interface ReshapeFault {
  /** Place of the rule in the command, from 0. */
  readonly rule: number;
  readonly why: ReshapeWhy;
  /** Absent when the fault is the rule's. */
  readonly instance?: string;
}

/** A charge on the node, with whom it belongs to: a claim, or the side of a move. */
interface ReshapedOwner {
  readonly instance: string;
  readonly moveId?: string;
  readonly charge: readonly ChargeLine[];
  /** A `replace` on one node counts less than its charge, so that moving its lines would lose count. */
  readonly isPlain: boolean;
}

interface Board {
  readonly providers: readonly Provider[];
  readonly owners: readonly ReshapedOwner[];
}

const inventoryOf = (providers: readonly Provider[], id: string, name: string): Inventory | undefined =>
  providers.find((provider) => provider.id === id)?.inventories.find((inventory) => inventory.class === name);

/** Everybody who holds something on a node, in an order of their ids. */
const ownersOn = (ledger: Ledger, node: Node): readonly ReshapedOwner[] => {
  const sides = [...(ledger.sidesOn.get(node.id) ?? [])].sort(compareIds).flatMap((id): ReshapedOwner[] => {
    const move = ledger.moves.get(id);
    if (move?.other?.node !== node.id) return [];
    const isPlain = !(move.replace && ledger.heldBy.get(node.id).has(move.instance));
    return [{ instance: move.instance, moveId: id, charge: move.other.charge, isPlain }];
  });
  const replacing = new Set(sides.filter((side) => !side.isPlain).map((side) => side.instance));
  const claims = [...ledger.heldBy.get(node.id)].sort(compareIds).flatMap((id): ReshapedOwner[] => {
    const instance = ledger.instances.get(id);
    if (instance?.status !== 'held') return [];
    return [{ instance: id, charge: instance.claim.charge, isPlain: !replacing.has(id) }];
  });
  return [...claims, ...sides];
};

const withoutLine = (charge: readonly ChargeLine[], taken: ChargeLine): readonly ChargeLine[] =>
  charge.flatMap((line) => {
    if (line.provider !== taken.provider || line.class !== taken.class) return [line];
    const amount = line.amount - taken.amount;
    if (amount === 0) return [];
    const units = line.units?.filter((unit) => !taken.units?.includes(unit));
    return [{ ...line, amount, ...(units === undefined ? {} : { units }) }];
  });

const withLine = (charge: readonly ChargeLine[], added: ChargeLine): readonly ChargeLine[] => {
  const isThere = (line: ChargeLine): boolean => line.provider === added.provider && line.class === added.class;
  if (!charge.some(isThere)) return [...charge, added];
  return charge.map((line) => {
    if (!isThere(line)) return line;
    const units = added.units === undefined ? {} : { units: sortedIds([...(line.units ?? []), ...added.units]) };
    return { ...line, amount: line.amount + added.amount, ...units };
  });
};

/** The part of a line that a rule takes, or why it cannot. */
const takenOf = (line: ChargeLine, asked: ReshapeOwner | undefined): Result<ChargeLine, ReshapeWhy> => {
  if (asked?.units === undefined) {
    const amount = asked?.amount ?? line.amount;
    if (amount > line.amount) return fail('more-than-held');
    return amount < line.amount && line.units !== undefined ? fail('units-not-named') : succeed({ ...line, amount });
  }
  const { units } = asked;
  if (asked.amount !== undefined && asked.amount !== units.length) return fail('units-differ');
  const isHeld = units.every((unit) => line.units?.includes(unit)) && new Set(units).size === units.length;
  return isHeld ? succeed({ ...line, amount: units.length, units }) : fail('more-than-held');
};

const targetFault = (target: Inventory, taken: ChargeLine): ReshapeWhy | undefined => {
  if ((target.units === undefined) !== (taken.units === undefined)) return 'units-differ';
  if (taken.units?.some((unit) => !target.units?.includes(unit))) return 'units-differ';
  return taken.units?.some((unit) => target.takenUnits.includes(unit)) ? 'unit-not-free' : undefined;
};

/** Takes what a rule asks of one owner from one provider of the node to another. */
const moveLine = (
  board: Board,
  rule: ReshapeRule,
  owner: ReshapedOwner,
  asked: ReshapeOwner | undefined,
): Result<Board, ReshapeWhy> => {
  const line = owner.charge.find((each) => each.provider === rule.from && each.class === rule.class);
  if (line === undefined) return asked === undefined ? succeed(board) : fail('nothing-held');
  if (!owner.isPlain) return fail('open-replace');
  const taken = takenOf(line, asked);
  if (!taken.ok) return taken;
  const target = inventoryOf(board.providers, rule.to, rule.class);
  if (target === undefined || target.isVanished) return fail('unknown-target');
  const broken = targetFault(target, taken.value);
  if (broken !== undefined) return fail(broken);
  const units = taken.value.units === undefined ? {} : { units: sortedIds(taken.value.units) };
  const added = { ...taken.value, ...units, provider: rule.to };
  const charge = withLine(withoutLine(owner.charge, taken.value), added);
  return succeed({
    providers: addCharge(removeCharge(board.providers, [taken.value]), [added]),
    owners: board.owners.map((each) => (each === owner ? { ...owner, charge } : each)),
  });
};

const applyRule = (board: Board, rule: ReshapeRule, place: number): Result<Board, ReshapeFault> => {
  const fault = (why: ReshapeWhy, instance?: string): Result<Board, ReshapeFault> =>
    fail({ rule: place, why, ...(instance === undefined ? {} : { instance }) });
  if (rule.from === rule.to) return fault('same-provider');
  const target = inventoryOf(board.providers, rule.to, rule.class);
  if (target === undefined || target.isVanished) return fault('unknown-target');
  const asked: readonly ReshapeOwner[] = rule.owners ?? board.owners;
  let current = board;
  for (const each of asked) {
    const owner = current.owners.find(({ instance, moveId }) => instance === each.instance && moveId === each.moveId);
    if (owner === undefined) return fault('unknown-owner', each.instance);
    const moved = moveLine(current, rule, owner, rule.owners === undefined ? undefined : each);
    if (!moved.ok) return fault(moved.error, each.instance);
    current = moved.value;
  }
  const after = inventoryOf(current.providers, rule.to, rule.class);
  const isRaised = after !== undefined && after.charged > target.charged;
  return isRaised && after.charged > after.capacity ? fault('no-capacity') : succeed(current);
};

/** What a reshape makes of a node and of everybody who holds something there, or the first rule that does not hold. */
export const reshape = (ledger: Ledger, node: Node, rules: readonly ReshapeRule[]): Result<Board, ReshapeFault> => {
  let board: Board = { providers: node.tree.providers, owners: ownersOn(ledger, node) };
  for (const [place, rule] of rules.entries()) {
    const applied = applyRule(board, rule, place);
    if (!applied.ok) return applied;
    board = applied.value;
  }
  return succeed(board);
};
