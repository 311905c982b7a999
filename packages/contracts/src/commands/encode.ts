import type { Command, CommandMessage, InventoryPolicy, ReportedInventory } from '@fleetbook/domain';
import { ratioOf } from './ratio.ts';

const toWireRatio = ({ allocationRatioMillionths, ...fields }: ReportedInventory | InventoryPolicy): object =>
  allocationRatioMillionths === undefined ? fields : { ...fields, allocationRatio: ratioOf(allocationRatioMillionths) };

interface WithInventories {
  readonly inventories: readonly ReportedInventory[];
}

const toWireInventories = (owner: WithInventories): object => ({
  ...owner,
  inventories: owner.inventories.map(toWireRatio),
});

const wireFields = ({ type: _, ...fields }: Command): object => {
  if ('providers' in fields) return { ...fields, providers: fields.providers.map(toWireInventories) };
  if ('targets' in fields) return { ...fields, targets: fields.targets.map(toWireInventories) };
  if ('policies' in fields) return { ...fields, policies: fields.policies.map(toWireRatio) };
  if ('commands' in fields) return { ...fields, commands: fields.commands.map(({ origin: _from, ...part }) => part) };
  return fields;
};

const wireBody = ({ commandId, issuedAt, correlationId, command }: CommandMessage): object => ({
  commandId,
  issuedAt,
  ...(correlationId === undefined ? {} : { correlationId }),
  ...wireFields(command),
});

/**
 * The body of a command for its own subject; its type, role and actor go into the subject. The parts of an atomic
 * batch travel without an origin, which is that of the batch.
 */
export const encodeCommandMessage = (message: CommandMessage): Uint8Array =>
  Buffer.from(JSON.stringify(wireBody(message)), 'utf8');

/** The body for the subject `Batch`: all commands come from the actor of that subject. */
export const encodeBatch = (messages: readonly CommandMessage[]): Uint8Array =>
  Buffer.from(
    JSON.stringify({ commands: messages.map((message) => ({ type: message.command.type, ...wireBody(message) })) }),
    'utf8',
  );
