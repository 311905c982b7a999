import type { EventType } from '@fleetbook/domain';
import * as z from 'zod';
import { anyCommand, STORED_COMMANDS as COMMANDS, inventoryReport, unsupportedReport } from './stored-commands.ts';
import * as data from './stored-data.ts';
import { actor, charge, details, positive, text, whole } from './stored-values.ts';

/*
 * What the log holds, by type and schema version. Once released, a shape here at most gains optional fields and
 * alternatives: anything else is a new version.
 */

const event = <Type extends EventType, Data extends z.ZodType>(type: Type, schemaVersion: number, shape: Data) =>
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
    data: shape,
  });

/** The first event of a decision that a command caused. */
const caused = <Type extends EventType, Data extends z.ZodType, Body extends z.ZodType>(
  type: Type,
  schemaVersion: number,
  shape: Data,
  command: Body,
) =>
  z.strictObject({
    ...event(type, schemaVersion, shape).omit({ data: true }).shape,
    command,
    commandHash: text.regex(/^[0-9a-f]{32}$/),
    issuedAt: whole,
    inboxSequence: z.exactOptional(positive),
    data: shape,
  });

/** An event that a command causes, or that follows in a decision or comes from the writer's timers. */
const mayBeCaused = <Type extends EventType, Data extends z.ZodType, Body extends z.ZodType>(
  type: Type,
  schemaVersion: number,
  shape: Data,
  command: Body,
) => z.union([event(type, schemaVersion, shape), caused(type, schemaVersion, shape, command)]);

/** By type, the schema of each version, from 1. */
export const STORED_EVENT_SCHEMAS = {
  LedgerCreated: [event('LedgerCreated', 1, z.strictObject({ cell: text, historyId: text, formatVersion: positive }))],
  CellConfigured: [event('CellConfigured', 1, z.strictObject({ policies: data.policies }))],
  WriterElected: [event('WriterElected', 1, z.strictObject({ epoch: positive, writer: text }))],
  HistoryForked: [event('HistoryForked', 1, data.historyForked)],
  Checkpoint: [event('Checkpoint', 1, data.checkpoint)],
  CheckpointRevoked: [caused('CheckpointRevoked', 1, data.nothing, COMMANDS.RevokeCheckpoint)],
  NodeRegistered: [caused('NodeRegistered', 1, z.strictObject({ incarnation: positive }), COMMANDS.RegisterNode)],
  InventoryChanged: [caused('InventoryChanged', 1, data.nothing, inventoryReport)],
  NodeEnabled: [caused('NodeEnabled', 1, data.nothing, COMMANDS.EnableNode)],
  NodeDisabled: [caused('NodeDisabled', 1, data.nothing, COMMANDS.DisableNode)],
  NodeRetired: [caused('NodeRetired', 1, data.nothing, COMMANDS.RetireNode)],
  NodeMarkedDown: [caused('NodeMarkedDown', 1, data.nothing, COMMANDS.MarkNodeDown)],
  NodeTransferred: [caused('NodeTransferred', 1, data.nothing, COMMANDS.TransferNode)],
  InventoryStale: [mayBeCaused('InventoryStale', 1, data.inventoryStale, unsupportedReport)],
  InventoryPolicySet: [caused('InventoryPolicySet', 1, data.nothing, COMMANDS.SetInventoryPolicy)],
  AggregatesSet: [caused('AggregatesSet', 1, data.nothing, COMMANDS.SetAggregates)],
  OverlaySet: [caused('OverlaySet', 1, data.nothing, COMMANDS.SetOverlay)],
  DriftPolicySet: [caused('DriftPolicySet', 1, data.nothing, COMMANDS.SetDriftPolicy)],
  ChargesReshaped: [caused('ChargesReshaped', 1, data.nothing, COMMANDS.Reshape)],
  BuildRecorded: [caused('BuildRecorded', 1, z.strictObject({ failedBuilds: whole }), COMMANDS.ReportBuildResult)],
  InstanceStateReported: [caused('InstanceStateReported', 1, data.nothing, COMMANDS.ReportInstanceState)],
  DriftFound: [mayBeCaused('DriftFound', 1, data.driftFound, COMMANDS.ReportGuests)],
  GuestReportReceived: [mayBeCaused('GuestReportReceived', 1, z.strictObject({ node: text }), COMMANDS.ReportGuests)],
  DriftHealed: [mayBeCaused('DriftHealed', 1, data.driftHealed, COMMANDS.ReportGuests)],
  InstanceClaimed: [caused('InstanceClaimed', 1, data.claimed, COMMANDS.ClaimInstance)],
  ClaimConfirmed: [caused('ClaimConfirmed', 1, data.nothing, COMMANDS.ConfirmClaim)],
  ClaimAborted: [caused('ClaimAborted', 1, data.nothing, COMMANDS.AbortClaim)],
  ClaimExpired: [event('ClaimExpired', 1, z.strictObject({ node: text, instance: text, claimId: text }))],
  DropRequested: [
    caused(
      'DropRequested',
      1,
      data.ended,
      z.discriminatedUnion('type', [COMMANDS.DropInstance, COMMANDS.ShelveOffload]),
    ),
  ],
  InstanceDropped: [caused('InstanceDropped', 1, data.ended, COMMANDS.DropInstance)],
  InstanceOffloaded: [caused('InstanceOffloaded', 1, data.nothing, COMMANDS.ShelveOffload)],
  InstanceRebuilt: [caused('InstanceRebuilt', 1, z.strictObject({ charge }), COMMANDS.RebuildInstance)],
  InstanceAdopted: [caused('InstanceAdopted', 1, z.strictObject({ charge }), COMMANDS.AdoptInstance)],
  InstanceForceDropped: [caused('InstanceForceDropped', 1, data.ended, COMMANDS.ForceDrop)],
  MoveClaimed: [caused('MoveClaimed', 1, data.moveClaimed, COMMANDS.ClaimMove)],
  MoveAdvanced: [caused('MoveAdvanced', 1, data.nothing, COMMANDS.AdvanceMove)],
  MoveCompleted: [
    caused('MoveCompleted', 1, data.other, z.discriminatedUnion('type', [COMMANDS.AdvanceMove, COMMANDS.ConfirmMove])),
  ],
  MoveConfirmed: [caused('MoveConfirmed', 1, data.other, COMMANDS.ConfirmMove)],
  MoveAutoConfirmed: [event('MoveAutoConfirmed', 1, data.autoConfirmed)],
  MoveReverted: [caused('MoveReverted', 1, data.other, COMMANDS.RevertMove)],
  MoveCancelled: [caused('MoveCancelled', 1, data.other, COMMANDS.CancelMove)],
  MoveFailed: [caused('MoveFailed', 1, data.failed, COMMANDS.FailMove)],
  MoveClaimDropped: [caused('MoveClaimDropped', 1, data.nothing, COMMANDS.DropMoveClaim)],
  MoveReleaseRequested: [caused('MoveReleaseRequested', 1, data.nothing, COMMANDS.DropMoveClaim)],
  MoveClaimForceDropped: [caused('MoveClaimForceDropped', 1, data.nothing, COMMANDS.ForceDrop)],
  AtomicBatchApplied: [
    caused('AtomicBatchApplied', 1, z.strictObject({ parts: z.array(z.nullable(data.part)) }), COMMANDS.AtomicBatch),
  ],
  CommandRejected: [caused('CommandRejected', 1, z.strictObject({ code: text, details }), anyCommand)],
  InboxPassed: [event('InboxPassed', 1, data.inboxPassed)],
  InboxParked: [event('InboxParked', 1, data.inboxParked)],
  InboxRetried: [event('InboxRetried', 1, data.inboxMessage)],
  InboxDiscarded: [event('InboxDiscarded', 1, data.inboxMessage)],
} as const satisfies Readonly<Record<EventType, readonly [z.ZodType, ...z.ZodType[]]>>;
