import { ADVANCED_STATES, MOVE_KINDS } from '@fleetbook/domain';
import * as z from 'zod';
import { DRIFT_POLICIES, MOVE_STATES, PLACEMENT_RULES, SIDE_NAMES } from '../vocabulary.ts';
import { charge, flag, origin, positive, text, texts, whole } from './stored-values.ts';

const amounts = z.record(text, positive);
const namedUnits = z.record(text, texts);

const traits = z.strictObject({
  required: z.exactOptional(texts),
  forbidden: z.exactOptional(texts),
  anyOf: z.exactOptional(z.array(texts)),
});

const group = z.strictObject({
  name: text,
  resources: amounts,
  count: z.exactOptional(positive),
  isolate: z.exactOptional(flag),
  traits: z.exactOptional(traits),
  units: z.exactOptional(namedUnits),
});

const request = z.strictObject({
  resources: z.exactOptional(amounts),
  traits: z.exactOptional(traits),
  units: z.exactOptional(namedUnits),
  groups: z.exactOptional(z.array(group)),
});

const demand = { request: z.exactOptional(request), charge: z.exactOptional(charge) };

const identity = { tenant: z.exactOptional(text), labels: z.exactOptional(z.record(text, text)) };

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

const overlayTarget = z.strictObject({
  provider: z.exactOptional(text),
  inventories: z.array(inventory),
  traits: z.exactOptional(texts),
});

const policy = z.strictObject({
  provider: text,
  class: text,
  reserved: z.exactOptional(whole),
  allocationRatioMillionths: z.exactOptional(positive),
});

const reshapeOwner = z.strictObject({
  instance: text,
  moveId: z.exactOptional(text),
  amount: z.exactOptional(positive),
  units: z.exactOptional(texts),
});

const reshapeRule = z.strictObject({
  class: text,
  from: text,
  to: text,
  owners: z.exactOptional(z.array(reshapeOwner)),
});

const instanceState = z.strictObject({ vm: text, task: z.exactOptional(text), osType: z.exactOptional(text) });

const guest = z.strictObject({ instance: text, charge: z.exactOptional(charge) });

const placementGroup = z.strictObject({
  id: text,
  rule: z.enum(PLACEMENT_RULES),
  maxPerNode: z.exactOptional(positive),
});

const command = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.strictObject({ type: z.literal(type), origin, ...fields });

const claim = { node: text, instance: text, claimId: text };
const move = { instance: text, moveId: text };
const releasing = { incarnation: z.exactOptional(positive) };
const drop = { ...claim, ...releasing };
const closing = { ...move, ...releasing };
const report = { node: text, incarnation: positive, sequence: positive };

const fullReport = command('ReportInventory', { ...report, mode: z.literal('full'), providers: z.array(provider) });

const flatReport = command('ReportInventory', {
  ...report,
  mode: z.literal('flat'),
  totals: z.array(z.strictObject({ class: text, total: whole })),
});

export const unsupportedReport = command('ReportInventory', {
  ...report,
  mode: z.literal('unsupported'),
  reason: text,
});

/** A report that says what there is. */
export const inventoryReport = z.discriminatedUnion('mode', [fullReport, flatReport]);

const ClaimInstance = command('ClaimInstance', {
  node: text,
  instance: text,
  ...identity,
  ...demand,
  ttlMs: z.exactOptional(positive),
  alternates: z.exactOptional(texts),
  groups: z.exactOptional(z.array(placementGroup)),
});

const RebuildInstance = command('RebuildInstance', { ...claim, stage: z.enum(['before', 'after']), ...demand });

const ClaimMove = command('ClaimMove', {
  kind: z.enum(MOVE_KINDS),
  instance: text,
  source: z.exactOptional(text),
  claimId: z.exactOptional(text),
  destination: text,
  ...demand,
  replace: z.exactOptional(flag),
});

const PARTS = {
  ClaimInstance,
  ConfirmClaim: command('ConfirmClaim', claim),
  AbortClaim: command('AbortClaim', claim),
  DropInstance: command('DropInstance', drop),
  ShelveOffload: command('ShelveOffload', drop),
  RebuildInstance,
  ClaimMove,
  AdvanceMove: command('AdvanceMove', { ...move, to: z.enum(ADVANCED_STATES) }),
  ConfirmMove: command('ConfirmMove', closing),
  RevertMove: command('RevertMove', closing),
  FailMove: command('FailMove', { ...closing, reason: text }),
  CancelMove: command('CancelMove', closing),
  DropMoveClaim: command('DropMoveClaim', { ...closing, side: z.enum(SIDE_NAMES), state: z.enum(MOVE_STATES) }),
} as const;

const part = z.discriminatedUnion('type', [
  PARTS.ClaimInstance,
  PARTS.ConfirmClaim,
  PARTS.AbortClaim,
  PARTS.DropInstance,
  PARTS.ShelveOffload,
  PARTS.RebuildInstance,
  PARTS.ClaimMove,
  PARTS.AdvanceMove,
  PARTS.ConfirmMove,
  PARTS.RevertMove,
  PARTS.FailMove,
  PARTS.CancelMove,
  PARTS.DropMoveClaim,
]);

/** Commands as they are stored in events, but for reports of inventory, of which there are three. */
export const STORED_COMMANDS = {
  RegisterNode: command('RegisterNode', { node: text, bootId: text }),
  EnableNode: command('EnableNode', { node: text }),
  DisableNode: command('DisableNode', { node: text, reason: text }),
  RetireNode: command('RetireNode', { node: text }),
  MarkNodeDown: command('MarkNodeDown', { node: text, reason: text, fenced: flag }),
  RevokeCheckpoint: command('RevokeCheckpoint', { upTo: positive, reason: text }),
  TransferNode: command('TransferNode', { node: text, owner: text }),
  SetInventoryPolicy: command('SetInventoryPolicy', { node: text, policies: z.array(policy) }),
  SetAggregates: command('SetAggregates', { node: text, provider: text, aggregates: texts }),
  SetOverlay: command('SetOverlay', { node: text, targets: z.array(overlayTarget) }),
  SetDriftPolicy: command('SetDriftPolicy', {
    node: text,
    policy: z.enum(DRIFT_POLICIES),
    mayFree: z.exactOptional(whole),
  }),
  Reshape: command('Reshape', { node: text, incarnation: positive, rules: z.array(reshapeRule) }),
  ReportBuildResult: command('ReportBuildResult', {
    node: text,
    instance: text,
    result: z.enum(['succeeded', 'failed', 'refused']),
  }),
  ReportInstanceState: command('ReportInstanceState', { ...claim, state: instanceState }),
  ReportGuests: command('ReportGuests', {
    node: text,
    incarnation: positive,
    complete: flag,
    takenAt: whole,
    guests: z.array(guest),
  }),
  ...PARTS,
  AdoptInstance: command('AdoptInstance', { node: text, instance: text, ...identity, charge }),
  ForceDrop: command('ForceDrop', {
    node: text,
    instance: text,
    claimId: z.exactOptional(text),
    moveId: z.exactOptional(text),
    reason: text,
  }),
  AtomicBatch: command('AtomicBatch', { commands: z.array(part) }),
} as const;

const COMMANDS = STORED_COMMANDS;

export const anyCommand = z.discriminatedUnion('type', [
  COMMANDS.RegisterNode,
  z.discriminatedUnion('mode', [fullReport, flatReport, unsupportedReport]),
  COMMANDS.EnableNode,
  COMMANDS.DisableNode,
  COMMANDS.RetireNode,
  COMMANDS.MarkNodeDown,
  COMMANDS.TransferNode,
  COMMANDS.RevokeCheckpoint,
  COMMANDS.SetInventoryPolicy,
  COMMANDS.SetAggregates,
  COMMANDS.SetOverlay,
  COMMANDS.SetDriftPolicy,
  COMMANDS.Reshape,
  COMMANDS.ReportBuildResult,
  COMMANDS.ReportInstanceState,
  COMMANDS.ReportGuests,
  COMMANDS.ClaimInstance,
  COMMANDS.ConfirmClaim,
  COMMANDS.AbortClaim,
  COMMANDS.DropInstance,
  COMMANDS.ShelveOffload,
  COMMANDS.RebuildInstance,
  COMMANDS.AdoptInstance,
  COMMANDS.ForceDrop,
  COMMANDS.ClaimMove,
  COMMANDS.AdvanceMove,
  COMMANDS.ConfirmMove,
  COMMANDS.RevertMove,
  COMMANDS.FailMove,
  COMMANDS.CancelMove,
  COMMANDS.DropMoveClaim,
  COMMANDS.AtomicBatch,
]);
