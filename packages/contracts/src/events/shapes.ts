import type { EventType } from '@fleetbook/domain';
import { type Check, isEither, isOneOf, isPositive, isRecord, isText, isWhole } from '../json/check.ts';
import { COMMAND_CHECKS as COMMANDS, isAnyCommand, isInventoryReport, isUnsupportedReport } from './command-checks.ts';
import * as data from './data-checks.ts';
import { isActor, isDetails } from './value-checks.ts';

/*
 * The stored shapes once more, as plain functions: the fold reads hundreds of thousands of events a second.
 * A property test holds them equal to the schemas.
 */

type Fields = Readonly<Record<string, Check>>;

const event = (type: EventType, shape: Check, causes: Fields = {}, optional: Fields = {}): Check =>
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
      data: shape,
      ...causes,
    },
    { correlationId: isText, causationId: isText, ...optional },
  );

const caused = (type: EventType, shape: Check, command: Check): Check =>
  event(type, shape, { command, commandHash: data.isHash, issuedAt: isWhole }, { inboxSequence: isPositive });

const mayBeCaused = (type: EventType, shape: Check, command: Check): Check =>
  isEither(event(type, shape), caused(type, shape, command));

/** By type, the check of each schema version, from 1. */
export const EVENT_CHECKS: Readonly<Record<EventType, readonly [Check, ...Check[]]>> = {
  LedgerCreated: [event('LedgerCreated', isRecord({ cell: isText, historyId: isText, formatVersion: isPositive }))],
  CellConfigured: [event('CellConfigured', isRecord({ policies: data.isPolicies }))],
  WriterElected: [event('WriterElected', isRecord({ epoch: isPositive, writer: isText }))],
  HistoryForked: [event('HistoryForked', data.isHistoryForked)],
  Checkpoint: [event('Checkpoint', data.isCheckpoint)],
  CheckpointRevoked: [caused('CheckpointRevoked', data.isEmpty, COMMANDS.RevokeCheckpoint)],
  NodeRegistered: [caused('NodeRegistered', isRecord({ incarnation: isPositive }), COMMANDS.RegisterNode)],
  InventoryChanged: [caused('InventoryChanged', data.isEmpty, isInventoryReport)],
  NodeEnabled: [caused('NodeEnabled', data.isEmpty, COMMANDS.EnableNode)],
  NodeDisabled: [caused('NodeDisabled', data.isEmpty, COMMANDS.DisableNode)],
  NodeRetired: [caused('NodeRetired', data.isEmpty, COMMANDS.RetireNode)],
  NodeMarkedDown: [caused('NodeMarkedDown', data.isEmpty, COMMANDS.MarkNodeDown)],
  NodeTransferred: [caused('NodeTransferred', data.isEmpty, COMMANDS.TransferNode)],
  InventoryStale: [mayBeCaused('InventoryStale', data.isInventoryStale, isUnsupportedReport)],
  InventoryPolicySet: [caused('InventoryPolicySet', data.isEmpty, COMMANDS.SetInventoryPolicy)],
  AggregatesSet: [caused('AggregatesSet', data.isEmpty, COMMANDS.SetAggregates)],
  OverlaySet: [caused('OverlaySet', data.isEmpty, COMMANDS.SetOverlay)],
  DriftPolicySet: [caused('DriftPolicySet', data.isEmpty, COMMANDS.SetDriftPolicy)],
  ChargesReshaped: [caused('ChargesReshaped', data.isEmpty, COMMANDS.Reshape)],
  BuildRecorded: [caused('BuildRecorded', isRecord({ failedBuilds: isWhole }), COMMANDS.ReportBuildResult)],
  InstanceStateReported: [caused('InstanceStateReported', data.isEmpty, COMMANDS.ReportInstanceState)],
  DriftFound: [mayBeCaused('DriftFound', data.isDriftFound, COMMANDS.ReportGuests)],
  GuestReportReceived: [mayBeCaused('GuestReportReceived', isRecord({ node: isText }), COMMANDS.ReportGuests)],
  DriftHealed: [mayBeCaused('DriftHealed', data.isDriftHealed, COMMANDS.ReportGuests)],
  InstanceClaimed: [caused('InstanceClaimed', data.isClaimed, COMMANDS.ClaimInstance)],
  ClaimConfirmed: [caused('ClaimConfirmed', data.isEmpty, COMMANDS.ConfirmClaim)],
  ClaimAborted: [caused('ClaimAborted', data.isEmpty, COMMANDS.AbortClaim)],
  ClaimExpired: [event('ClaimExpired', isRecord({ node: isText, instance: isText, claimId: isText }))],
  DropRequested: [caused('DropRequested', data.isEnded, isEither(COMMANDS.DropInstance, COMMANDS.ShelveOffload))],
  InstanceDropped: [caused('InstanceDropped', data.isEnded, COMMANDS.DropInstance)],
  InstanceOffloaded: [caused('InstanceOffloaded', data.isEmpty, COMMANDS.ShelveOffload)],
  InstanceRebuilt: [caused('InstanceRebuilt', data.isCharged, COMMANDS.RebuildInstance)],
  InstanceAdopted: [caused('InstanceAdopted', data.isCharged, COMMANDS.AdoptInstance)],
  InstanceForceDropped: [caused('InstanceForceDropped', data.isEnded, COMMANDS.ForceDrop)],
  MoveClaimed: [caused('MoveClaimed', data.isMoveClaimed, COMMANDS.ClaimMove)],
  MoveAdvanced: [caused('MoveAdvanced', data.isEmpty, COMMANDS.AdvanceMove)],
  MoveCompleted: [caused('MoveCompleted', data.isOther, isEither(COMMANDS.AdvanceMove, COMMANDS.ConfirmMove))],
  MoveConfirmed: [caused('MoveConfirmed', data.isOther, COMMANDS.ConfirmMove)],
  MoveAutoConfirmed: [event('MoveAutoConfirmed', data.isAutoConfirmed)],
  MoveReverted: [caused('MoveReverted', data.isOther, COMMANDS.RevertMove)],
  MoveCancelled: [caused('MoveCancelled', data.isOther, COMMANDS.CancelMove)],
  MoveFailed: [caused('MoveFailed', data.isFailed, COMMANDS.FailMove)],
  MoveClaimDropped: [caused('MoveClaimDropped', data.isEmpty, COMMANDS.DropMoveClaim)],
  MoveReleaseRequested: [caused('MoveReleaseRequested', data.isEmpty, COMMANDS.DropMoveClaim)],
  MoveClaimForceDropped: [caused('MoveClaimForceDropped', data.isEmpty, COMMANDS.ForceDrop)],
  AtomicBatchApplied: [caused('AtomicBatchApplied', data.isParts, COMMANDS.AtomicBatch)],
  CommandRejected: [caused('CommandRejected', isRecord({ code: isText, details: isDetails }), isAnyCommand)],
  InboxPassed: [event('InboxPassed', data.isInboxPassed)],
  InboxParked: [event('InboxParked', data.isInboxParked)],
  InboxRetried: [event('InboxRetried', data.isInboxMessage)],
  InboxDiscarded: [event('InboxDiscarded', data.isInboxMessage)],
};
