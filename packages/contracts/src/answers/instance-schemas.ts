import { COMMAND_TYPES, MOVE_KINDS } from '@fleetbook/domain';
import * as z from 'zod';
import {
  ATTENTION_KINDS,
  type AttentionKind,
  MOVE_STATES,
  PLACEMENT_RULES,
  SIDE_NAMES,
  SIDE_STATES,
} from '../vocabulary.ts';
import { actor, charge, driftKind, figures, flag, foundDrift, integer, text } from './values.ts';

const groups = z.array(
  z.looseObject({ id: text, rule: z.enum(PLACEMENT_RULES), maxPerNode: z.exactOptional(integer) }),
);

const labels = z.record(text, text);

const claim = z.looseObject({
  claimId: text,
  node: text,
  status: z.enum(['unconfirmed', 'confirmed']),
  tenant: z.exactOptional(text),
  labels: z.exactOptional(labels),
  claimant: actor,
  charge,
  groups: z.exactOptional(groups),
  expiry: z.exactOptional(z.looseObject({ ttlMs: integer, expiresAt: integer })),
  release: z.exactOptional(
    z.looseObject({ since: integer, requestedBy: actor, becomes: z.enum(['ended', 'offloaded']) }),
  ),
  state: z.exactOptional(z.looseObject({ vm: text, task: z.exactOptional(text), osType: z.exactOptional(text) })),
});

const side = z.looseObject({
  side: z.enum(SIDE_NAMES),
  node: text,
  charge,
  counted: z.exactOptional(charge),
  state: z.enum(SIDE_STATES),
  since: integer,
  requestedBy: z.exactOptional(actor),
});

export const move = z.looseObject({
  moveId: text,
  kind: z.enum(MOVE_KINDS),
  instance: text,
  source: z.exactOptional(text),
  destination: text,
  state: z.enum(MOVE_STATES),
  since: integer,
  isOpen: flag,
  isError: flag,
  replace: flag,
  claimant: actor,
  other: z.exactOptional(side),
  legal: z.array(z.enum(COMMAND_TYPES)),
});

/** Where an instance is, by its status. */
export const instance = z.discriminatedUnion('status', [
  z.looseObject({ instance: text, status: z.literal('held'), claim, move: z.exactOptional(move) }),
  z.looseObject({ instance: text, status: z.literal('ended') }),
  z.looseObject({
    instance: text,
    status: z.literal('offloaded'),
    claimId: text,
    node: text,
    tenant: z.exactOptional(text),
    labels: z.exactOptional(labels),
    groups: z.exactOptional(groups),
    move: z.exactOptional(move),
  }),
]);

export const moves = z.looseObject({ moves: z.array(move), next: z.exactOptional(text) });

const about = <Kind extends AttentionKind, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
  z.looseObject({ kind: z.literal(kind), node: text, ...fields });

const moveItem = {
  instance: text,
  moveId: text,
  moveKind: z.enum(MOVE_KINDS),
  state: z.enum(MOVE_STATES),
  since: integer,
};

const attentionItem = z.discriminatedUnion('kind', [
  about('releasing', {
    instance: text,
    claimId: z.exactOptional(text),
    moveId: z.exactOptional(text),
    since: integer,
    requestedBy: actor,
    becomes: z.exactOptional(z.enum(['ended', 'offloaded'])),
  }),
  about('left-behind', { instance: text, moveId: text, since: integer }),
  about('move-error', moveItem),
  about('drift', { drift: driftKind, ...foundDrift }),
  about('overcommitted', { provider: text, ...figures, isVanished: flag }),
  about('stale', { since: integer, reason: text }),
  about('down', { reason: text, fenced: flag }),
  about('suspect', { failedBuilds: integer }),
  about('report-owed', { owedSince: integer }),
  about('overlay-pending', { provider: text }),
  about('move-open', moveItem),
  about('unconfirmed', { instance: text, claimId: text, expiresAt: z.exactOptional(integer) }),
]);

export const attention = z.looseObject({
  items: z.array(attentionItem),
  counts: z.array(z.looseObject({ kind: z.enum(ATTENTION_KINDS), count: integer })),
  next: z.exactOptional(text),
});
