import type { CommandType, EventType } from '@fleetbook/domain';
import {
  type Check,
  isFlag,
  isListOf,
  isMapOf,
  isOneOf,
  isPositive,
  isRecord,
  isText,
  isWhole,
} from '../json/check.ts';

/*
 * The stored shapes once more, as plain functions: the fold reads hundreds of thousands of events a second.
 * A property test holds them equal to the schemas.
 */

const isTexts = isListOf(isText);
const isUnits = isMapOf(isTexts);
const isAmounts = isMapOf(isPositive);
const isOrigin = isRecord({ client: isText, version: isText, host: isText });
const isActor = isRecord({ role: isOneOf('agent', 'scheduler', 'operator', 'system'), id: isText });
const isCharge = isListOf(isRecord({ provider: isText, class: isText, amount: isPositive }, { units: isTexts }));
const isTraits = isRecord({}, { required: isTexts, forbidden: isTexts, anyOf: isListOf(isTexts) });

const isGroup = isRecord(
  { name: isText, resources: isAmounts },
  { count: isPositive, isolate: isFlag, traits: isTraits, units: isUnits },
);

const isRequest = isRecord({}, { resources: isAmounts, traits: isTraits, units: isUnits, groups: isListOf(isGroup) });

const isInventory = isRecord(
  { class: isText, total: isWhole },
  {
    reserved: isWhole,
    minUnit: isPositive,
    maxUnit: isPositive,
    stepSize: isPositive,
    allocationRatioMillionths: isPositive,
    units: isTexts,
  },
);

const isProvider = isRecord(
  { id: isText, inventories: isListOf(isInventory) },
  { parent: isText, traits: isTexts, aggregates: isTexts },
);

const command = (type: CommandType, required: Readonly<Record<string, Check>>, optional = {}): Check =>
  isRecord({ type: isOneOf(type), origin: isOrigin, node: isText, ...required }, optional);

const claim = { instance: isText, claimId: isText };

const COMMAND_CHECKS: Readonly<Record<CommandType, Check>> = {
  RegisterNode: command('RegisterNode', { bootId: isText }),
  ReportInventory: command('ReportInventory', {
    incarnation: isPositive,
    sequence: isPositive,
    mode: isOneOf('full'),
    providers: isListOf(isProvider),
  }),
  EnableNode: command('EnableNode', {}),
  DisableNode: command('DisableNode', { reason: isText }),
  RetireNode: command('RetireNode', {}),
  ClaimInstance: command(
    'ClaimInstance',
    { instance: isText },
    { tenant: isText, labels: isMapOf(isText), request: isRequest, charge: isCharge },
  ),
  ConfirmClaim: command('ConfirmClaim', claim),
  AbortClaim: command('AbortClaim', claim),
  DropInstance: command('DropInstance', claim),
};

const checkByCommand = new Map<unknown, Check>(Object.entries(COMMAND_CHECKS));

const isAnyCommand: Check = (value) =>
  typeof value === 'object' && value !== null && 'type' in value && (checkByCommand.get(value.type)?.(value) ?? false);

const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

const event = (type: EventType, data: Check, caused: Readonly<Record<string, Check>> = {}): Check =>
  isRecord(
    {
      number: isPositive,
      type: isOneOf(type),
      schemaVersion: isOneOf(1),
      at: isWhole,
      commandId: isText,
      index: isWhole,
      count: isPositive,
      actor: isActor,
      data,
      ...caused,
    },
    { correlationId: isText, causationId: isText },
  );

const caused = (type: EventType, data: Check, check: Check): Check =>
  event(type, data, { command: check, commandHash: isHash, issuedAt: isWhole });

const isEmpty = isRecord({});

const isPolicies = isRecord({ outcomeRetentionMs: isWhole, clockSkewMs: isWhole, fitWorkLimit: isPositive });

const isJson: Check = (value) => value !== undefined;

/** By type, the check of each schema version, from 1. */
export const EVENT_CHECKS: Readonly<Record<EventType, readonly [Check, ...Check[]]>> = {
  LedgerCreated: [event('LedgerCreated', isRecord({ cell: isText, historyId: isText, formatVersion: isPositive }))],
  CellConfigured: [event('CellConfigured', isRecord({ policies: isPolicies }))],
  WriterElected: [event('WriterElected', isRecord({ epoch: isPositive, writer: isText }))],
  NodeRegistered: [caused('NodeRegistered', isRecord({ incarnation: isPositive }), COMMAND_CHECKS.RegisterNode)],
  InventoryChanged: [caused('InventoryChanged', isEmpty, COMMAND_CHECKS.ReportInventory)],
  NodeEnabled: [caused('NodeEnabled', isEmpty, COMMAND_CHECKS.EnableNode)],
  NodeDisabled: [caused('NodeDisabled', isEmpty, COMMAND_CHECKS.DisableNode)],
  NodeRetired: [caused('NodeRetired', isEmpty, COMMAND_CHECKS.RetireNode)],
  InstanceClaimed: [
    caused('InstanceClaimed', isRecord({ node: isText, charge: isCharge }), COMMAND_CHECKS.ClaimInstance),
  ],
  ClaimConfirmed: [caused('ClaimConfirmed', isEmpty, COMMAND_CHECKS.ConfirmClaim)],
  ClaimAborted: [caused('ClaimAborted', isEmpty, COMMAND_CHECKS.AbortClaim)],
  InstanceDropped: [caused('InstanceDropped', isEmpty, COMMAND_CHECKS.DropInstance)],
  CommandRejected: [caused('CommandRejected', isRecord({ code: isText, details: isMapOf(isJson) }), isAnyCommand)],
};
