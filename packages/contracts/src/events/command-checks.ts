import {
  type Actor,
  ADVANCED_STATES,
  type CommandType,
  MOVE_KINDS,
  type Origin,
  type PlacementGroup,
  type ResourceRequest,
} from '@fleetbook/domain';
import {
  type Check,
  isEither,
  isFlag,
  isListOf,
  isMapOf,
  isOneOf,
  isPositive,
  isRecord,
  isText,
  isTyped,
  isWhole,
} from '../json/check.ts';
import { DRIFT_POLICIES, MOVE_STATES, PLACEMENT_RULES, SIDE_NAMES } from '../vocabulary.ts';
import { isActor, isCharge, isOrigin, isTexts } from './value-checks.ts';

/*
 * Stored commands once more, as plain functions.
 */

type Fields = Readonly<Record<string, Check>>;

const isUnits = isMapOf(isTexts);
const isAmounts = isMapOf(isPositive);
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

const isTarget = isRecord({ inventories: isListOf(isInventory) }, { provider: isText, traits: isTexts });

const isPolicy = isRecord(
  { provider: isText, class: isText },
  { reserved: isWhole, allocationRatioMillionths: isPositive },
);

const isOwner = isRecord({ instance: isText }, { moveId: isText, amount: isPositive, units: isTexts });

const isRule = isRecord({ class: isText, from: isText, to: isText }, { owners: isListOf(isOwner) });

const isState = isRecord({ vm: isText }, { task: isText, osType: isText });

const isGuest = isRecord({ instance: isText }, { charge: isCharge });

const isPlacementGroup = isRecord({ id: isText, rule: isOneOf(...PLACEMENT_RULES) }, { maxPerNode: isPositive });

const isPlacementGroups = isListOf(isPlacementGroup);

const command = (type: CommandType, required: Fields, optional: Fields = {}): Check =>
  isRecord({ type: isOneOf(type), origin: isOrigin, ...required }, optional);

const node = { node: isText };
const instance = { node: isText, instance: isText };
const claim = { ...instance, claimId: isText };
const move = { instance: isText, moveId: isText };
const releasing = { incarnation: isPositive };
const report = { node: isText, incarnation: isPositive, sequence: isPositive };
const demand = { request: isRequest, charge: isCharge };
const isLabels = isMapOf(isText);
const identity = { tenant: isText, labels: isLabels };

const isFullReport = command('ReportInventory', {
  ...report,
  mode: isOneOf('full'),
  providers: isListOf(isProvider),
});

const isFlatReport = command('ReportInventory', {
  ...report,
  mode: isOneOf('flat'),
  totals: isListOf(isRecord({ class: isText, total: isWhole })),
});

export const isUnsupportedReport = command('ReportInventory', {
  ...report,
  mode: isOneOf('unsupported'),
  reason: isText,
});

export const isInventoryReport = isEither(isFullReport, isFlatReport);

const PART_CHECKS = {
  ClaimInstance: command('ClaimInstance', instance, {
    ...identity,
    ...demand,
    ttlMs: isPositive,
    alternates: isTexts,
    groups: isPlacementGroups,
  }),
  ConfirmClaim: command('ConfirmClaim', claim),
  AbortClaim: command('AbortClaim', claim),
  DropInstance: command('DropInstance', claim, releasing),
  ShelveOffload: command('ShelveOffload', claim, releasing),
  RebuildInstance: command('RebuildInstance', { ...claim, stage: isOneOf('before', 'after') }, demand),
  ClaimMove: command(
    'ClaimMove',
    { kind: isOneOf(...MOVE_KINDS), instance: isText, destination: isText },
    { source: isText, claimId: isText, ...demand, replace: isFlag },
  ),
  AdvanceMove: command('AdvanceMove', { ...move, to: isOneOf(...ADVANCED_STATES) }),
  ConfirmMove: command('ConfirmMove', move, releasing),
  RevertMove: command('RevertMove', move, releasing),
  FailMove: command('FailMove', { ...move, reason: isText }, releasing),
  CancelMove: command('CancelMove', move, releasing),
  DropMoveClaim: command(
    'DropMoveClaim',
    { ...move, side: isOneOf(...SIDE_NAMES), state: isOneOf(...MOVE_STATES) },
    releasing,
  ),
} as const;

/** The values of which claims are made, for who reads them one by one. */
export const STORED_VALUES = {
  isActor: (value: unknown): value is Actor => isActor(value),
  isOrigin: (value: unknown): value is Origin => isOrigin(value),
  isRequest: (value: unknown): value is ResourceRequest => isRequest(value),
  isLabels: (value: unknown): value is Readonly<Record<string, string>> => isLabels(value),
  isPlacementGroups: (value: unknown): value is readonly PlacementGroup[] => isPlacementGroups(value),
} as const;

/** The check of every stored command, by its type. */
export const COMMAND_CHECKS: Readonly<Record<CommandType, Check>> = {
  RegisterNode: command('RegisterNode', { ...node, bootId: isText }),
  ReportInventory: isEither(isInventoryReport, isUnsupportedReport),
  EnableNode: command('EnableNode', node),
  DisableNode: command('DisableNode', { ...node, reason: isText }),
  RetireNode: command('RetireNode', node),
  MarkNodeDown: command('MarkNodeDown', { ...node, reason: isText, fenced: isFlag }),
  RevokeCheckpoint: command('RevokeCheckpoint', { upTo: isPositive, reason: isText }),
  TransferNode: command('TransferNode', { ...node, owner: isText }),
  SetInventoryPolicy: command('SetInventoryPolicy', { ...node, policies: isListOf(isPolicy) }),
  SetAggregates: command('SetAggregates', { ...node, provider: isText, aggregates: isTexts }),
  SetOverlay: command('SetOverlay', { ...node, targets: isListOf(isTarget) }),
  SetDriftPolicy: command('SetDriftPolicy', { ...node, policy: isOneOf(...DRIFT_POLICIES) }, { mayFree: isWhole }),
  Reshape: command('Reshape', { ...node, incarnation: isPositive, rules: isListOf(isRule) }),
  ReportBuildResult: command('ReportBuildResult', {
    ...instance,
    result: isOneOf('succeeded', 'failed', 'refused'),
  }),
  ReportInstanceState: command('ReportInstanceState', { ...claim, state: isState }),
  ReportGuests: command('ReportGuests', {
    ...node,
    incarnation: isPositive,
    complete: isFlag,
    takenAt: isWhole,
    guests: isListOf(isGuest),
  }),
  ...PART_CHECKS,
  AdoptInstance: command('AdoptInstance', { ...instance, charge: isCharge }, identity),
  ForceDrop: command('ForceDrop', { ...instance, reason: isText }, { claimId: isText, moveId: isText }),
  AtomicBatch: command('AtomicBatch', { commands: isListOf(isTyped(PART_CHECKS)) }),
};

export const isAnyCommand = isTyped(COMMAND_CHECKS);
