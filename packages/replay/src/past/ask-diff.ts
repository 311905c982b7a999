import {
  type ClaimDifference,
  type ClaimStand,
  type ClassStand,
  type DiffAnswer,
  type DifferenceCounts,
  type DiffQuery,
  type FleetbookError,
  fleetbookError,
  type InstantView,
  type InventoryStand,
  type MoveStand,
  type NodeDifference,
  type NodeStand,
  type ProviderStand,
  ratioOf,
  type ShelvedDifference,
  type ShelvedStand,
} from '@fleetbook/contracts';
import {
  fail,
  type Instance,
  type Inventory,
  isOpen,
  isSuspect,
  type Ledger,
  type Move,
  type Node,
  type OffloadedRecord,
  type Result,
  succeed,
} from '@fleetbook/domain';
import { toSafe } from '@fleetbook/projector/past';
import { StoredInstances } from '../index/stored-instances.ts';
import { StoredNodes } from '../index/stored-nodes.ts';
import { classesOf } from '../index/touches.ts';
import { type Comparison, differences, type Listed } from './differences.ts';

/** One of the two instants, with the state it folds to. */
export interface Side {
  readonly instant: InstantView;
  readonly ledger: Ledger;
  /** Folded with other commands than were recorded: that the same event touched a record last says nothing then. */
  readonly isOtherWorld?: true;
}

const DEFAULT_LIMIT = 100;

/**
 * What differs from the one side to the other. Moves that are over are compared only where the other side has them
 * live: the caller brings those back. Error: NOT_FOUND for a node that neither side knows.
 */
export function compareSides(from: Side, to: Side, query: DiffQuery): Result<DiffAnswer, FleetbookError> {
  const { node: id, limit = DEFAULT_LIMIT } = query;
  const [before, after] = [from.ledger, to.ledger];
  if (id !== undefined && !before.nodes.has(id) && !after.nodes.has(id)) {
    return fail(fleetbookError('NOT_FOUND', { kind: 'node', id }));
  }
  const isOneWorld = from.isOtherWorld === to.isOtherWorld;
  const sides = { before, after, isOneWorld, limit };
  const nodes = query.tenant === undefined ? nodesOf(sides, id) : NOTHING;
  const inventory = query.tenant === undefined ? inventoryOf(sides, id) : NOTHING;
  const { claims, shelvedIds } = claimsOf(sides, query);
  const shelved = shelvedOf(sides, query, shelvedIds);
  const moves = movesOf(sides, query);
  const lists = [nodes, inventory, claims, shelved, moves];
  return succeed({
    from: from.instant,
    to: to.instant,
    isSame: lists.every(({ list }) => list.length === 0),
    counts: {
      nodes: nodes.counts,
      inventory: inventory.counts,
      claims: claims.counts,
      shelved: shelved.counts,
      moves: moves.counts,
    },
    nodes: nodes.list,
    inventory: inventory.list,
    claims: claims.list,
    shelved: shelved.list,
    moves: moves.list,
  });
}

const NONE: DifferenceCounts = { added: 0, removed: 0, changed: 0 };
const NOTHING: Listed<never> = { list: [], counts: NONE };

/** Moves that are live on one side at least: open, or holding something still. */
export function isLive(move: Move): boolean {
  return isOpen(move) || move.other !== undefined;
}

interface Sides {
  readonly before: Ledger;
  readonly after: Ledger;
  readonly isOneWorld: boolean;
  readonly limit: number;
}

/** Both were saved with the same record, and nothing came to it since. */
function isUnreadInBoth({ before, after }: Sides, table: 'nodes' | 'instances', id: string): boolean {
  const text = unreadIn(before[table], id);
  return text !== undefined && text === unreadIn(after[table], id);
}

function unreadIn(table: ReadonlyMap<string, unknown>, id: string): string | undefined {
  return table instanceof StoredNodes || table instanceof StoredInstances ? table.unread(id) : undefined;
}

function nodesOf(sides: Sides, only: string | undefined): Listed<DiffAnswer['nodes'][number]> {
  const { before, after, isOneWorld, limit } = sides;
  const comparison: Comparison<Node, ComparedNode, NodeDifference> = {
    before: chosen(before.nodes, only),
    after: chosen(after.nodes, only),
    isUntouched: (id) => isUnreadInBoth(sides, 'nodes', id),
    // Every event that changes a node or a charge on it leaves its number there.
    isSame: (one, other) => isOneWorld && one.generation === other.generation && one.claimCount === other.claimCount,
    stand: comparedNode,
    row: (node, one, other) => ({
      node,
      ...(one === undefined ? {} : { before: one.stand }),
      ...(other === undefined ? {} : { after: other.stand }),
      classes: changedClasses(one?.classes ?? [], other?.classes ?? []),
      ...(one === undefined || other === undefined ? {} : changedProviders(one, other)),
    }),
  };
  return differences(comparison, limit);
}

interface ComparedNode {
  readonly stand: NodeStand;
  readonly classes: Classes;
  readonly providers: readonly (readonly [id: string, stand: ProviderStand])[];
}

function comparedNode(node: Node): ComparedNode {
  const { providers } = node.tree;
  return {
    stand: nodeStand(node),
    classes: classesOf(providers),
    providers: providers.map(({ id, parent, traits, aggregates }) => [
      id,
      { ...(parent === undefined ? {} : { parent }), traits, aggregates },
    ]),
  };
}

export function nodeStand(node: Node): NodeStand {
  const { status, inventoryStatus, owner, incarnation, claimCount, transferTo, owesReport } = node;
  return {
    ...{ status: status.kind, inventoryStatus: inventoryStatus.kind, owner, incarnation, claims: claimCount },
    ...(status.kind === 'down' && status.fenced ? { isFenced: true } : {}),
    ...(isSuspect(node) ? { isSuspect: true } : {}),
    ...(transferTo === undefined ? {} : { transferTo }),
    ...(owesReport === undefined ? {} : { owesReport }),
  };
}

function changedProviders(before: ComparedNode, after: ComparedNode): Pick<NodeDifference, 'providers'> {
  const { list } = differences({
    before: new Map(before.providers),
    after: new Map(after.providers),
    isUntouched: () => false,
    isSame: () => false,
    stand: (stand) => stand,
    row: (provider, one, other) => ({
      provider,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  });
  return list.length === 0 ? {} : { providers: list };
}

type Classes = ReturnType<typeof classesOf>;

function changedClasses(before: Classes, after: Classes): DiffAnswer['nodes'][number]['classes'] {
  const stands = (classes: Classes): ReadonlyMap<string, ClassStand> =>
    new Map(
      classes.map(([name, charged, capacity]) => [name, { charged: toSafe(charged), capacity: toSafe(capacity) }]),
    );
  const { list } = differences({
    before: stands(before),
    after: stands(after),
    isUntouched: () => false,
    isSame: () => false,
    stand: (stand) => stand,
    row: (name, one, other) => ({
      class: name,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  });
  return list;
}

interface PlacedInventory extends InventoryStand {
  readonly node: string;
  readonly provider: string;
  readonly class: string;
}

function inventoryOf(sides: Sides, only: string | undefined): Listed<DiffAnswer['inventory'][number]> {
  const { before, after, isOneWorld, limit } = sides;
  const isSame = (id: string): boolean =>
    isUnreadInBoth(sides, 'nodes', id) ||
    (isOneWorld && after.nodes.get(id)?.generation === before.nodes.get(id)?.generation);
  const same = new Set(Array.from(before.nodes.keys()).filter(isSame));
  const comparison: Comparison<PlacedInventory, InventoryStand, DiffAnswer['inventory'][number]> = {
    before: inventories(chosen(before.nodes, only), same),
    after: inventories(chosen(after.nodes, only), same),
    isUntouched: () => false,
    isSame: () => false,
    stand: ({ node: _node, provider: _provider, class: _class, ...stand }): InventoryStand => stand,
    row: (_key, one, other, { node, provider, class: name }) => ({
      ...{ node, provider, class: name },
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  };
  return differences(comparison, limit);
}

function inventories(nodes: ReadonlyMap<string, Node>, except: ReadonlySet<string>): Map<string, PlacedInventory> {
  const found = new Map<string, PlacedInventory>();
  for (const id of nodes.keys()) {
    for (const provider of except.has(id) ? [] : (nodes.get(id)?.tree.providers ?? [])) {
      for (const inventory of provider.inventories) {
        const place = { node: id, provider: provider.id, class: inventory.class };
        found.set(`${id} ${provider.id} ${inventory.class}`, { ...inventoryStand(inventory), ...place });
      }
    }
  }
  return found;
}

function inventoryStand(inventory: Inventory): InventoryStand {
  const { total, reserved, capacity, isVanished, minUnit, maxUnit, stepSize, units } = inventory;
  return {
    ...{ total, reserved, capacity, isVanished, minUnit, maxUnit, stepSize },
    allocationRatio: ratioOf(inventory.allocationRatioMillionths),
    ...(units === undefined ? {} : { units }),
  };
}

interface ComparedClaims {
  readonly claims: Listed<ClaimDifference>;
  /** Those that were met on the way, on either side: no other instance was shelved, or came back, in between. */
  readonly shelvedIds: ReadonlySet<string>;
}

function claimsOf(sides: Sides, query: DiffQuery): ComparedClaims {
  const { node, tenant } = query;
  const { before, after, isOneWorld, limit } = sides;
  const shelvedIds = new Set<string>();
  const comparison: Comparison<Instance, ClaimStand, ClaimDifference> = {
    before: before.instances,
    after: after.instances,
    isUntouched: (id) => isUnreadInBoth(sides, 'instances', id),
    // What has ended is in no saved state, and what is shelved is no claim.
    isCertain: (id) =>
      node === undefined &&
      tenant === undefined &&
      [before.instances, after.instances].some((table) => table instanceof StoredInstances && table.isUnreadClaim(id)),
    isSame: (one, other) => isOneWorld && one.touchedAt !== undefined && one.touchedAt === other.touchedAt,
    stand: (instance) => {
      if (instance.status === 'offloaded') {
        shelvedIds.add(instance.id);
        return undefined;
      }
      return claimStand(instance);
    },
    isAsked: isAbout(query),
    row: (instance, one, other) => ({
      instance,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  };
  return { claims: differences(comparison, limit), shelvedIds };
}

function isAbout({ node, tenant }: Pick<DiffQuery, 'node' | 'tenant'>) {
  type Stand = ShelvedStand | undefined;
  return (...stands: readonly Stand[]): boolean =>
    stands.some((stand) => stand !== undefined && (node === undefined || stand.node === node)) &&
    stands.some((stand) => stand !== undefined && (tenant === undefined || stand.tenant === tenant));
}

function shelvedOf(
  { before, after, limit }: Sides,
  query: DiffQuery,
  ids: ReadonlySet<string>,
): Listed<ShelvedDifference> {
  const among = (ledger: Ledger): ReadonlyMap<string, Instance> =>
    new Map(
      Array.from(ids)
        .flatMap((id) => ledger.instances.get(id) ?? [])
        .map((instance) => [instance.id, instance]),
    );
  const comparison: Comparison<Instance, ShelvedStand, ShelvedDifference> = {
    before: among(before),
    after: among(after),
    isUntouched: () => false,
    isSame: () => false,
    stand: (instance) => (instance.status === 'offloaded' ? shelvedStand(instance) : undefined),
    isAsked: isAbout(query),
    row: (instance, one, other) => ({
      instance,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  };
  return differences(comparison, limit);
}

function shelvedStand({ claimId, node, tenant }: OffloadedRecord): ShelvedStand {
  return { claimId, node, ...(tenant === undefined ? {} : { tenant }) };
}

/** An instance that has ended is as one that never was: it holds nothing. */
export function claimStand(instance: Instance): ClaimStand | undefined {
  if (instance.status === 'ended') {
    return undefined;
  }
  if (instance.status === 'offloaded') {
    return { status: 'offloaded', ...shelvedStand(instance), charge: [] };
  }
  const { claimId, node, tenant, charge, status, release } = instance.claim;
  const state = release === undefined ? status : 'releasing';
  return { status: state, claimId, node, ...(tenant === undefined ? {} : { tenant }), charge };
}

function movesOf({ before, after, limit }: Sides, { node, tenant }: DiffQuery): Listed<DiffAnswer['moves'][number]> {
  const isOfTenant = ({ instance }: MoveStand): boolean =>
    [before, after].some((ledger) => tenantOf(ledger.instances.get(instance)) === tenant);
  const comparison: Comparison<Move, MoveStand, DiffAnswer['moves'][number]> = {
    before: liveHereOrThere(before, after),
    after: liveHereOrThere(after, before),
    isUntouched: () => false,
    isSame: (one, other) => one === other,
    stand: moveStand,
    isAsked: (one, other) => {
      const move = other ?? one;
      const isThere = node === undefined || move?.source === node || move?.destination === node;
      return move !== undefined && isThere && (tenant === undefined || isOfTenant(move));
    },
    row: (moveId, one, other) => ({
      moveId,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }),
  };
  return differences(comparison, limit);
}

function liveHereOrThere(here: Ledger, there: Ledger): ReadonlyMap<string, Move> {
  const isLiveThere = (id: string): boolean => {
    const move = there.moves.get(id);
    return move !== undefined && isLive(move);
  };
  return new Map(Array.from(here.moves).filter(([id, move]) => isLive(move) || isLiveThere(id)));
}

export function moveStand({ kind, instance, source, destination, state, isError, other }: Move): MoveStand {
  return {
    ...{ kind, instance, destination, state },
    ...(isError ? { isError } : {}),
    ...(source === undefined ? {} : { source }),
    ...(other === undefined ? {} : { other: { node: other.node, state: other.state } }),
  };
}

function tenantOf(instance: Instance | undefined): string | undefined {
  return instance === undefined ? undefined : claimStand(instance)?.tenant;
}

function chosen(nodes: ReadonlyMap<string, Node>, only: string | undefined): ReadonlyMap<string, Node> {
  const node = only === undefined ? undefined : nodes.get(only);
  if (only === undefined) {
    return nodes;
  }
  return node === undefined ? new Map<string, Node>() : new Map([[only, node]]);
}
