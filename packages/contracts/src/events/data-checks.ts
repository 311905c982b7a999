import { DRIFT_KINDS, REJECTION_CODES } from '@fleetbook/domain';
import {
  type Check,
  isEither,
  isFlag,
  isListOf,
  isNothing,
  isOneOf,
  isPositive,
  isRecord,
  isText,
  isTyped,
  isWhole,
} from '../json/check.ts';
import { DRIFT_POLICIES, INBOX_OUTCOMES, MOVE_STATES, SIDE_OUTCOMES } from '../vocabulary.ts';
import { isCharge, isCounted, isDetails } from './value-checks.ts';

/*
 * What events hold besides their command, once more, as plain functions.
 */

export const isEmpty = isRecord({});

export const isPolicies = isRecord(
  { outcomeRetentionMs: isWhole, clockSkewMs: isWhole, fitWorkLimit: isPositive },
  { autoConfirmAfterMs: isWhole, reportIntervalMs: isPositive, driftPolicy: isOneOf(...DRIFT_POLICIES) },
);

export const isInventoryStale = isRecord({ node: isText, sequence: isWhole, reason: isText });

export const isHistoryForked = isRecord({
  from: isText,
  newHistoryId: isText,
  keptTo: isWhole,
  lostTo: isWhole,
  reason: isText,
});

export const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

export const isCheckpoint = isRecord({ upTo: isPositive, digestVersion: isPositive, digest: isHash });

export const isInboxMessage = isRecord({ sequence: isPositive });

export const isInboxPassed = isRecord({ sequence: isPositive, outcome: isOneOf(...INBOX_OUTCOMES) });

export const isInboxParked = isRecord({ sequence: isPositive, code: isText, reason: isText });

const driftKey = { kind: isOneOf(...DRIFT_KINDS), instance: isText };
const driftSide = { moveId: isText };

export const isDriftFound = isRecord({
  node: isText,
  found: isListOf(isRecord({ ...driftKey, details: isDetails }, driftSide)),
  cleared: isListOf(isRecord(driftKey, driftSide)),
});

const isHeal = isEither(
  isRecord({ ...driftKey, effect: isOneOf('freed'), claimId: isText }, driftSide),
  isRecord({ ...driftKey, effect: isOneOf('adopted'), charge: isCharge }, driftSide),
);

export const isDriftHealed = isRecord({ node: isText, policy: isOneOf(...DRIFT_POLICIES), healed: isListOf(isHeal) });

export const isClaimed = isRecord(
  { node: isText, charge: isCharge },
  { passedOver: isListOf(isRecord({ node: isText, code: isOneOf(...REJECTION_CODES) })) },
);

const isSideOutcome = isOneOf(...SIDE_OUTCOMES);

export const isOther = isRecord({ other: isSideOutcome });

export const isEnded = isRecord({}, { move: isRecord({ moveId: isText, other: isSideOutcome }) });

export const isCharged = isRecord({ charge: isCharge });

export const isMoveClaimed = isRecord({ charge: isCharge }, { counted: isCounted });

export const isAutoConfirmed = isRecord({ instance: isText, moveId: isText, other: isSideOutcome });

export const isFailed = isRecord({ state: isOneOf(...MOVE_STATES), isError: isFlag }, { other: isSideOutcome });

const partEvent = (type: string, data: Check): Check =>
  isRecord({ type: isOneOf(type), schemaVersion: isOneOf(1), data });

const isPart = isTyped({
  InstanceClaimed: partEvent('InstanceClaimed', isClaimed),
  ClaimConfirmed: partEvent('ClaimConfirmed', isEmpty),
  ClaimAborted: partEvent('ClaimAborted', isEmpty),
  DropRequested: partEvent('DropRequested', isEnded),
  InstanceDropped: partEvent('InstanceDropped', isEnded),
  InstanceOffloaded: partEvent('InstanceOffloaded', isEmpty),
  InstanceRebuilt: partEvent('InstanceRebuilt', isCharged),
  InstanceForceDropped: partEvent('InstanceForceDropped', isEnded),
  MoveClaimed: partEvent('MoveClaimed', isMoveClaimed),
  MoveAdvanced: partEvent('MoveAdvanced', isEmpty),
  MoveCompleted: partEvent('MoveCompleted', isOther),
  MoveConfirmed: partEvent('MoveConfirmed', isOther),
  MoveReverted: partEvent('MoveReverted', isOther),
  MoveCancelled: partEvent('MoveCancelled', isOther),
  MoveFailed: partEvent('MoveFailed', isFailed),
  MoveClaimDropped: partEvent('MoveClaimDropped', isEmpty),
  MoveReleaseRequested: partEvent('MoveReleaseRequested', isEmpty),
  MoveClaimForceDropped: partEvent('MoveClaimForceDropped', isEmpty),
});

export const isParts = isRecord({ parts: isListOf(isEither(isNothing, isPart)) });
