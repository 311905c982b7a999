import type { Command, CommandType } from '../command.ts';
import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Cell, Change, Claim, Instance, Ledger, Node, NodeStatus } from '../ledger.ts';
import { DEFAULT_POLICIES } from '../policies.ts';
import { addCharge, removeCharge, shareNames } from './charge-providers.ts';
import { install } from './install.ts';
import { intern } from './intern.ts';
import { mergeReport } from './merge-report.ts';

const impossible = (event: LedgerEvent, why: string): Error =>
  new Error(`event ${event.number} ${event.type} cannot be applied: ${why}`);

const commandOf = <Type extends CommandType>(event: LedgerEvent, type: Type): Extract<Command, { type: Type }> => {
  const isWanted = (command: Command): command is Extract<Command, { type: Type }> => command.type === type;
  if (event.command === undefined || !isWanted(event.command)) throw impossible(event, `it carries no ${type}`);
  return event.command;
};

const nodeOf = (ledger: Ledger, event: LedgerEvent, id: string): Node => {
  const node = ledger.nodes.get(id);
  if (node === undefined) throw impossible(event, `node ${id} is unknown`);
  return node;
};

const cellOf = (ledger: Ledger, event: LedgerEvent): Cell => {
  if (ledger.cell === undefined) throw impossible(event, 'the ledger was never created');
  return ledger.cell;
};

const replaceNode = (before: Node, after: Node): Change => ({ table: 'nodes', key: before.id, before, after });

const createCell = (ledger: Ledger, event: LedgerEventOf<'LedgerCreated'>): readonly Change[] => {
  if (ledger.cell !== undefined) throw impossible(event, 'the ledger exists');
  const { cell, historyId, formatVersion } = event.data;
  const after: Cell = { cell, historyId, formatVersion, policies: DEFAULT_POLICIES, epoch: 0, writer: '' };
  return [{ table: 'cell', before: undefined, after }];
};

const changeCell = (ledger: Ledger, event: LedgerEvent, fields: Partial<Cell>): readonly Change[] => {
  const before = cellOf(ledger, event);
  return [{ table: 'cell', before, after: { ...before, ...fields } }];
};

const registerNode = (ledger: Ledger, event: LedgerEventOf<'NodeRegistered'>): readonly Change[] => {
  const command = commandOf(event, 'RegisterNode');
  const before = ledger.nodes.get(command.node);
  const { incarnation } = event.data;
  const shared = { id: command.node, bootId: command.bootId, incarnation, generation: event.number };
  const after: Node =
    before === undefined
      ? {
          ...shared,
          owner: event.actor.id,
          bootIds: [command.bootId],
          status: { kind: 'enabled' },
          inventoryStatus: { kind: 'unknown' },
          providers: [],
          claimCount: 0,
        }
      : {
          ...before,
          ...shared,
          bootIds: [...before.bootIds, command.bootId],
          // Reports of the new incarnation count their own sequence.
          inventoryStatus:
            before.inventoryStatus.kind === 'reported' ? { kind: 'reported', sequence: 0 } : before.inventoryStatus,
        };
  return [{ table: 'nodes', key: command.node, before, after }];
};

const changeInventory = (ledger: Ledger, event: LedgerEventOf<'InventoryChanged'>): readonly Change[] => {
  const command = commandOf(event, 'ReportInventory');
  const before = nodeOf(ledger, event, command.node);
  const after: Node = {
    ...before,
    inventoryStatus: { kind: 'reported', sequence: command.sequence },
    providers: mergeReport(before.providers, command.providers),
    generation: event.number,
  };
  return [replaceNode(before, after)];
};

const changeStatus = (ledger: Ledger, event: LedgerEvent, node: string, status: NodeStatus): readonly Change[] => {
  const before = nodeOf(ledger, event, node);
  return [replaceNode(before, { ...before, status, generation: event.number })];
};

const claimInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceClaimed'>): readonly Change[] => {
  const command = commandOf(event, 'ClaimInstance');
  const node = nodeOf(ledger, event, event.data.node);
  const held = ledger.instances.get(command.instance);
  if (held !== undefined) throw impossible(event, `instance ${command.instance} is ${held.status}`);
  const claim: Claim = {
    claimId: event.commandId,
    node: node.id,
    status: 'unconfirmed',
    ...(command.tenant === undefined ? {} : { tenant: intern(command.tenant) }),
    ...(command.labels === undefined ? {} : { labels: command.labels }),
    claimant: { role: event.actor.role, id: intern(event.actor.id) },
    requestText: requestTextOf(command),
    charge: shareNames(node.providers, event.data.charge),
  };
  const charged: Node = {
    ...node,
    providers: addCharge(node.providers, claim.charge),
    claimCount: node.claimCount + 1,
    generation: event.number,
  };
  const after: Instance = { status: 'held', id: command.instance, claim };
  return [replaceNode(node, charged), { table: 'instances', key: command.instance, before: undefined, after }];
};

/** JSON text of what a claim asks for: two claims ask for the same when their texts are equal. */
export const requestTextOf = (command: Extract<Command, { type: 'ClaimInstance' }>): string =>
  intern(JSON.stringify(command.request ?? command.charge));

type HeldInstanceRecord = Extract<Instance, { status: 'held' }>;

const heldOf = (
  ledger: Ledger,
  event: LedgerEvent,
  command: { readonly instance: string; readonly claimId: string },
): HeldInstanceRecord => {
  const instance = ledger.instances.get(command.instance);
  if (instance?.status !== 'held') throw impossible(event, `instance ${command.instance} is not held`);
  if (instance.claim.claimId !== command.claimId) throw impossible(event, `claim ${command.claimId} is not live`);
  return instance;
};

const confirmClaim = (ledger: Ledger, event: LedgerEventOf<'ClaimConfirmed'>): readonly Change[] => {
  const before = heldOf(ledger, event, commandOf(event, 'ConfirmClaim'));
  const after: Instance = { ...before, claim: { ...before.claim, status: 'confirmed' } };
  return [{ table: 'instances', key: before.id, before, after }];
};

const release = (
  ledger: Ledger,
  event: LedgerEvent,
  before: HeldInstanceRecord,
  after: Instance | undefined,
): readonly Change[] => {
  const node = nodeOf(ledger, event, before.claim.node);
  const released: Node = {
    ...node,
    providers: removeCharge(node.providers, before.claim.charge),
    claimCount: node.claimCount - 1,
    generation: event.number,
  };
  return [replaceNode(node, released), { table: 'instances', key: before.id, before, after }];
};

const abortClaim = (ledger: Ledger, event: LedgerEventOf<'ClaimAborted'>): readonly Change[] =>
  release(ledger, event, heldOf(ledger, event, commandOf(event, 'AbortClaim')), undefined);

const dropInstance = (ledger: Ledger, event: LedgerEventOf<'InstanceDropped'>): readonly Change[] => {
  const before = heldOf(ledger, event, commandOf(event, 'DropInstance'));
  return release(ledger, event, before, { status: 'ended', id: before.id });
};

/**
 * The replacement records of what an event touches; the ledger stays as it is until they are installed.
 * Total for every event the decider made. Throws an Error on an event that cannot follow this state:
 * a durable event of that kind is damage, not input.
 */
export const evolve = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  switch (event.type) {
    case 'LedgerCreated':
      return createCell(ledger, event);
    case 'CellConfigured':
      return changeCell(ledger, event, { policies: event.data.policies });
    case 'WriterElected':
      return changeCell(ledger, event, { epoch: event.data.epoch, writer: event.data.writer });
    case 'NodeRegistered':
      return registerNode(ledger, event);
    case 'InventoryChanged':
      return changeInventory(ledger, event);
    case 'NodeEnabled':
      return changeStatus(ledger, event, commandOf(event, 'EnableNode').node, { kind: 'enabled' });
    case 'NodeDisabled': {
      const { node, reason } = commandOf(event, 'DisableNode');
      return changeStatus(ledger, event, node, { kind: 'disabled', reason });
    }
    case 'NodeRetired':
      return changeStatus(ledger, event, commandOf(event, 'RetireNode').node, { kind: 'retired' });
    case 'InstanceClaimed':
      return claimInstance(ledger, event);
    case 'ClaimConfirmed':
      return confirmClaim(ledger, event);
    case 'ClaimAborted':
      return abortClaim(ledger, event);
    case 'InstanceDropped':
      return dropInstance(ledger, event);
    case 'CommandRejected':
      return [];
    default:
      throw new Error(`event type is unknown to this reader: ${JSON.stringify(event)}`);
  }
};

/** Evolve and install; returns the changes for whoever keeps a digest, an index or a way back. */
export const apply = (ledger: Ledger, event: LedgerEvent): readonly Change[] => {
  const changes = evolve(ledger, event);
  install(ledger, changes);
  return changes;
};
