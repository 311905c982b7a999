import type { Command, CommandMessage, ReportedInventory } from '@fleetbook/domain';
import { ratioOf } from './ratio.ts';

const toWireInventory = ({ allocationRatioMillionths, ...inventory }: ReportedInventory): object =>
  allocationRatioMillionths === undefined
    ? inventory
    : { ...inventory, allocationRatio: ratioOf(allocationRatioMillionths) };

const wireFields = ({ type: _, ...fields }: Command): object =>
  'providers' in fields
    ? {
        ...fields,
        providers: fields.providers.map((provider) => ({
          ...provider,
          inventories: provider.inventories.map(toWireInventory),
        })),
      }
    : fields;

const wireBody = ({ commandId, issuedAt, correlationId, command }: CommandMessage): object => ({
  commandId,
  issuedAt,
  ...(correlationId === undefined ? {} : { correlationId }),
  ...wireFields(command),
});

/** The body of a command for its own subject; its type, role and actor go into the subject. */
export const encodeCommandMessage = (message: CommandMessage): Uint8Array =>
  Buffer.from(JSON.stringify(wireBody(message)), 'utf8');

/** The body for the subject `Batch`: all commands come from the actor of that subject. */
export const encodeBatch = (messages: readonly CommandMessage[]): Uint8Array =>
  Buffer.from(
    JSON.stringify({ commands: messages.map((message) => ({ type: message.command.type, ...wireBody(message) })) }),
    'utf8',
  );
