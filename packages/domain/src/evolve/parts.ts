import type { Command, CommandType } from '../command.ts';
import type { LedgerEvent } from '../event.ts';
import type { Change, HeldRecord, Instance, Ledger, Node } from '../ledger.ts';

/** A durable event that cannot follow this state: damage, not input. */
export const impossible = (event: LedgerEvent, why: string): Error =>
  new Error(`event ${event.number} ${event.type} cannot be applied: ${why}`);

const isOfType = <Type extends CommandType>(
  command: Command,
  type: Type,
): command is Extract<Command, { type: Type }> => command.type === type;

export const commandOf = <Type extends CommandType>(
  event: LedgerEvent,
  type: Type,
): Extract<Command, { type: Type }> => {
  if (event.command === undefined || !isOfType(event.command, type)) throw impossible(event, `it carries no ${type}`);
  return event.command;
};

export const nodeOf = (ledger: Ledger, event: LedgerEvent, id: string): Node => {
  const node = ledger.nodes.get(id);
  if (node === undefined) throw impossible(event, `node ${id} is unknown`);
  return node;
};

export const heldOf = (
  ledger: Ledger,
  event: LedgerEvent,
  command: { readonly instance: string; readonly claimId: string },
): HeldRecord => {
  const instance = ledger.instances.get(command.instance);
  if (instance?.status !== 'held') throw impossible(event, `instance ${command.instance} is not held`);
  if (instance.claim.claimId !== command.claimId) throw impossible(event, `claim ${command.claimId} is not live`);
  return instance;
};

export const replaceNode = (before: Node, after: Node): Change => ({ table: 'nodes', key: before.id, before, after });

export const replaceInstance = (before: Instance, after: Instance | undefined): Change => ({
  table: 'instances',
  key: before.id,
  before,
  after,
});
