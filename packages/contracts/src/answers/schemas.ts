import * as z from 'zod';
import { recordedReplySchema } from '../replies/schemas.ts';
import type { QueryName } from '../subjects.ts';
import { bisect } from './bisect-schemas.ts';
import { explain } from './explain-schemas.ts';
import { attention, instance, move, moves } from './instance-schemas.ts';
import { counters, node, nodeFacts } from './node-schemas.ts';
import { diff, holders, timeline } from './past-schemas.ts';
import { classes, event, exactCharge, flag, integer, text, texts } from './values.ts';
import { whatIf } from './what-if-schemas.ts';
import { candidates, reasons, whyNot } from './why-not-schemas.ts';

const capacityCounts = {
  nodes: integer,
  fittingNodes: integer,
  unprovedNodes: integer,
  fits: integer,
  isComplete: flag,
};

const healthStatus = z.enum(['green', 'yellow', 'red']);

const health = {
  service: text,
  version: text,
  contractVersion: text,
  pid: integer,
  cell: text,
  status: healthStatus,
  checks: z.array(z.looseObject({ name: text, status: healthStatus, reason: z.exactOptional(text) })),
  historyId: text,
  number: integer,
  startedAt: integer,
  log: z.enum(['memory', 'jetstream', 'eventstoredb']),
  durability: z.enum(['verified', 'unverified']),
  storage: z.exactOptional(
    z.looseObject({
      shedding: z.enum(['nothing', 'new-claims', 'all-but-releases']),
      logBytes: z.exactOptional(integer),
      freeBytes: z.exactOptional(integer),
      totalBytes: z.exactOptional(integer),
      bytesPerDay: z.exactOptional(integer),
      windowMs: z.exactOptional(integer),
      daysToFull: z.exactOptional(z.number()),
    }),
  ),
  archive: z.exactOptional(z.looseObject({ number: integer, lagEvents: integer })),
};

const digest = z.string().regex(/^[0-9a-f]{32}$/);

/** The answer of every query, as a client may rely on it. */
export const ANSWER_SCHEMAS = {
  node,
  nodes: z.looseObject({ nodes: z.array(z.looseObject(nodeFacts)), next: z.exactOptional(text) }),
  instance,
  move,
  moves,
  attention,
  counters,
  usage: z.discriminatedUnion('scope', [
    z.looseObject({
      scope: z.enum(['cell', 'node', 'aggregate']),
      id: z.exactOptional(text),
      nodes: integer,
      claims: integer,
      classes,
    }),
    z.looseObject({
      scope: z.literal('tenant'),
      id: text,
      nodes: integer,
      claims: integer,
      classes: z.array(z.looseObject({ class: text, charged: integer, exact: exactCharge })),
    }),
  ]),
  capacity: z.looseObject({
    ...capacityCounts,
    groups: z.array(z.looseObject({ names: texts, ...capacityCounts })),
    reasons,
  }),
  candidates: z.looseObject({
    candidates,
    nodes: integer,
    isComplete: flag,
    reasons,
  }),
  outcome: z.discriminatedUnion('status', [
    z.looseObject({ status: z.literal('recorded'), reply: recordedReplySchema }),
    z.looseObject({ status: z.literal('not-found'), searchedFrom: integer }),
  ]),
  history: z.looseObject({
    events: z.array(event),
    next: z.exactOptional(integer),
    searched: z.enum(['index', 'log']),
  }),
  health: z.looseObject(health),
  digest: z.looseObject({
    view: z.literal('inventory'),
    digestVersion: integer,
    historyId: text,
    number: integer,
    digest,
  }),
  projection: z.looseObject({
    ...health,
    id: text,
    isServing: flag,
    lagMs: integer,
    lagEvents: integer,
    foldVersion: integer,
    digestVersion: integer,
    digest,
    checkpoint: z.exactOptional(z.looseObject({ number: integer, at: integer })),
  }),
  writer: z.looseObject({
    ...health,
    writer: text,
    epoch: integer,
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    digest,
    digestVersion: integer,
    commands: z.looseObject({ accepted: integer, refused: integer, unchanged: integer }),
  }),
  inbox: z.looseObject({
    upTo: integer,
    parked: z.array(
      z.looseObject({
        sequence: integer,
        code: text,
        reason: text,
        since: integer,
        isRetried: z.exactOptional(z.literal(true)),
      }),
    ),
  }),
  diff,
  timeline,
  holders,
  explain,
  'why-not': whyNot,
  'what-if': whatIf,
  bisect,
  mark: z.looseObject({
    service: z.enum(['tracker', 'projector']),
    id: text,
    mark: z.exactOptional(
      z.looseObject({ historyId: text, number: integer, hash: z.string().regex(/^[0-9a-f]{64}$/) }),
    ),
    waitsFor: z.exactOptional(text),
  }),
} as const satisfies Readonly<Record<QueryName, z.ZodType>>;
