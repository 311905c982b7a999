import type { EventType } from '@fleetbook/domain';
import * as z from 'zod';

/*
 * What the log holds, by type and schema version. A schema here never changes once released: a new shape is a
 * new version. Values are judged where commands come in; here the shape alone is strict.
 */

const text = z.string();
const whole = z.int().min(0);
const positive = z.int().min(1);
const texts = z.array(text);
const amounts = z.record(text, positive);
const namedUnits = z.record(text, texts);

const origin = z.strictObject({ client: text, version: text, host: text });

const actor = z.strictObject({ role: z.enum(['agent', 'scheduler', 'operator', 'system']), id: text });

const charge = z.array(
  z.strictObject({ provider: text, class: text, amount: positive, units: z.exactOptional(texts) }),
);

const traits = z.strictObject({
  required: z.exactOptional(texts),
  forbidden: z.exactOptional(texts),
  anyOf: z.exactOptional(z.array(texts)),
});

const group = z.strictObject({
  name: text,
  resources: amounts,
  count: z.exactOptional(positive),
  isolate: z.exactOptional(z.boolean()),
  traits: z.exactOptional(traits),
  units: z.exactOptional(namedUnits),
});

const request = z.strictObject({
  resources: z.exactOptional(amounts),
  traits: z.exactOptional(traits),
  units: z.exactOptional(namedUnits),
  groups: z.exactOptional(z.array(group)),
});

const inventory = z.strictObject({
  class: text,
  total: whole,
  reserved: z.exactOptional(whole),
  minUnit: z.exactOptional(positive),
  maxUnit: z.exactOptional(positive),
  stepSize: z.exactOptional(positive),
  allocationRatioMillionths: z.exactOptional(positive),
  units: z.exactOptional(texts),
});

const provider = z.strictObject({
  id: text,
  parent: z.exactOptional(text),
  inventories: z.array(inventory),
  traits: z.exactOptional(texts),
  aggregates: z.exactOptional(texts),
});

const claimFields = { origin, node: text, instance: text, claimId: text };

const STORED_COMMAND_SCHEMAS = {
  RegisterNode: z.strictObject({ type: z.literal('RegisterNode'), origin, node: text, bootId: text }),
  ReportInventory: z.strictObject({
    type: z.literal('ReportInventory'),
    origin,
    node: text,
    incarnation: positive,
    sequence: positive,
    mode: z.literal('full'),
    providers: z.array(provider),
  }),
  EnableNode: z.strictObject({ type: z.literal('EnableNode'), origin, node: text }),
  DisableNode: z.strictObject({ type: z.literal('DisableNode'), origin, node: text, reason: text }),
  RetireNode: z.strictObject({ type: z.literal('RetireNode'), origin, node: text }),
  ClaimInstance: z.strictObject({
    type: z.literal('ClaimInstance'),
    origin,
    node: text,
    instance: text,
    tenant: z.exactOptional(text),
    labels: z.exactOptional(z.record(text, text)),
    request: z.exactOptional(request),
    charge: z.exactOptional(charge),
  }),
  ConfirmClaim: z.strictObject({ type: z.literal('ConfirmClaim'), ...claimFields }),
  AbortClaim: z.strictObject({ type: z.literal('AbortClaim'), ...claimFields }),
  DropInstance: z.strictObject({ type: z.literal('DropInstance'), ...claimFields }),
} as const;

const anyCommand = z.discriminatedUnion('type', [
  STORED_COMMAND_SCHEMAS.RegisterNode,
  STORED_COMMAND_SCHEMAS.ReportInventory,
  STORED_COMMAND_SCHEMAS.EnableNode,
  STORED_COMMAND_SCHEMAS.DisableNode,
  STORED_COMMAND_SCHEMAS.RetireNode,
  STORED_COMMAND_SCHEMAS.ClaimInstance,
  STORED_COMMAND_SCHEMAS.ConfirmClaim,
  STORED_COMMAND_SCHEMAS.AbortClaim,
  STORED_COMMAND_SCHEMAS.DropInstance,
]);

const event = <Type extends EventType, Data extends z.ZodType>(type: Type, schemaVersion: number, data: Data) =>
  z.strictObject({
    number: positive,
    type: z.literal(type),
    schemaVersion: z.literal(schemaVersion),
    at: whole,
    commandId: text,
    index: whole,
    count: positive,
    actor,
    correlationId: z.exactOptional(text),
    causationId: z.exactOptional(text),
    data,
  });

/** The first event of a decision that a command caused. */
const caused = <Type extends EventType, Data extends z.ZodType, Body extends z.ZodType>(
  type: Type,
  schemaVersion: number,
  data: Data,
  command: Body,
) =>
  z.strictObject({
    ...event(type, schemaVersion, data).omit({ data: true }).shape,
    command,
    commandHash: text.regex(/^[0-9a-f]{32}$/),
    issuedAt: whole,
    data,
  });

const nothing = z.strictObject({});

const policies = z.strictObject({ outcomeRetentionMs: whole, clockSkewMs: whole, fitWorkLimit: positive });

const COMMANDS = STORED_COMMAND_SCHEMAS;

/** By type, the schema of each version, from 1. */
export const STORED_EVENT_SCHEMAS = {
  LedgerCreated: [event('LedgerCreated', 1, z.strictObject({ cell: text, historyId: text, formatVersion: positive }))],
  CellConfigured: [event('CellConfigured', 1, z.strictObject({ policies }))],
  WriterElected: [event('WriterElected', 1, z.strictObject({ epoch: positive, writer: text }))],
  NodeRegistered: [caused('NodeRegistered', 1, z.strictObject({ incarnation: positive }), COMMANDS.RegisterNode)],
  InventoryChanged: [caused('InventoryChanged', 1, nothing, COMMANDS.ReportInventory)],
  NodeEnabled: [caused('NodeEnabled', 1, nothing, COMMANDS.EnableNode)],
  NodeDisabled: [caused('NodeDisabled', 1, nothing, COMMANDS.DisableNode)],
  NodeRetired: [caused('NodeRetired', 1, nothing, COMMANDS.RetireNode)],
  InstanceClaimed: [caused('InstanceClaimed', 1, z.strictObject({ node: text, charge }), COMMANDS.ClaimInstance)],
  ClaimConfirmed: [caused('ClaimConfirmed', 1, nothing, COMMANDS.ConfirmClaim)],
  ClaimAborted: [caused('ClaimAborted', 1, nothing, COMMANDS.AbortClaim)],
  InstanceDropped: [caused('InstanceDropped', 1, nothing, COMMANDS.DropInstance)],
  CommandRejected: [
    caused('CommandRejected', 1, z.strictObject({ code: text, details: z.record(text, z.json()) }), anyCommand),
  ],
} as const satisfies Readonly<Record<EventType, readonly [z.ZodType, ...z.ZodType[]]>>;
