import { DRIFT_KINDS, REJECTION_CODES } from '@fleetbook/domain';
import * as z from 'zod';
import { DRIFT_POLICIES, INBOX_OUTCOMES, MOVE_STATES, SIDE_OUTCOMES } from '../vocabulary.ts';
import { charge, details, flag, positive, text, texts, whole } from './stored-values.ts';

/*
 * What events hold besides the command that caused them.
 */

export const nothing = z.strictObject({});

export const policies = z.strictObject({
  outcomeRetentionMs: whole,
  clockSkewMs: whole,
  fitWorkLimit: positive,
  autoConfirmAfterMs: z.exactOptional(whole),
  reportIntervalMs: z.exactOptional(positive),
  driftPolicy: z.exactOptional(z.enum(DRIFT_POLICIES)),
});

export const inventoryStale = z.strictObject({ node: text, sequence: whole, reason: text });

export const historyForked = z.strictObject({
  from: text,
  newHistoryId: text,
  keptTo: whole,
  lostTo: whole,
  reason: text,
});

export const checkpoint = z.strictObject({
  upTo: positive,
  digestVersion: positive,
  digest: text.regex(/^[0-9a-f]{32}$/),
});

export const inboxMessage = z.strictObject({ sequence: positive });

export const inboxPassed = z.strictObject({ sequence: positive, outcome: z.enum(INBOX_OUTCOMES) });

export const inboxParked = z.strictObject({ sequence: positive, code: text, reason: text });

const driftKey = { kind: z.enum(DRIFT_KINDS), instance: text, moveId: z.exactOptional(text) };

export const driftFound = z.strictObject({
  node: text,
  found: z.array(z.strictObject({ ...driftKey, details })),
  cleared: z.array(z.strictObject(driftKey)),
});

export const driftHealed = z.strictObject({
  node: text,
  policy: z.enum(DRIFT_POLICIES),
  healed: z.array(
    z.discriminatedUnion('effect', [
      z.strictObject({ ...driftKey, effect: z.literal('freed'), claimId: text }),
      z.strictObject({ ...driftKey, effect: z.literal('adopted'), charge }),
    ]),
  ),
});

export const claimed = z.strictObject({
  node: text,
  charge,
  passedOver: z.exactOptional(z.array(z.strictObject({ node: text, code: z.enum(REJECTION_CODES) }))),
});

const sideOutcome = z.enum(SIDE_OUTCOMES);

/** What became of the side that a closed move does not keep. */
export const other = z.strictObject({ other: sideOutcome });

/** Present: the open move that ended with its instance. */
export const ended = z.strictObject({
  move: z.exactOptional(z.strictObject({ moveId: text, other: sideOutcome })),
});

/** What a side adds to its node: units alone have the amount 0. */
const counted = z.array(z.strictObject({ provider: text, class: text, amount: whole, units: z.exactOptional(texts) }));

export const moveClaimed = z.strictObject({ charge, counted: z.exactOptional(counted) });

export const autoConfirmed = z.strictObject({ instance: text, moveId: text, other: sideOutcome });

export const failed = z.strictObject({
  state: z.enum(MOVE_STATES),
  isError: flag,
  other: z.exactOptional(sideOutcome),
});

const partEvent = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.strictObject({ type: z.literal(type), schemaVersion: z.literal(1), data });

/** What one part of an atomic batch did. */
export const part = z.discriminatedUnion('type', [
  partEvent('InstanceClaimed', claimed),
  partEvent('ClaimConfirmed', nothing),
  partEvent('ClaimAborted', nothing),
  partEvent('DropRequested', ended),
  partEvent('InstanceDropped', ended),
  partEvent('InstanceOffloaded', nothing),
  partEvent('InstanceRebuilt', z.strictObject({ charge })),
  partEvent('InstanceForceDropped', ended),
  partEvent('MoveClaimed', moveClaimed),
  partEvent('MoveAdvanced', nothing),
  partEvent('MoveCompleted', other),
  partEvent('MoveConfirmed', other),
  partEvent('MoveReverted', other),
  partEvent('MoveCancelled', other),
  partEvent('MoveFailed', failed),
  partEvent('MoveClaimDropped', nothing),
  partEvent('MoveReleaseRequested', nothing),
  partEvent('MoveClaimForceDropped', nothing),
]);
