import type {
  BatchPart,
  Command,
  CommandType,
  DriftPolicy,
  FullReport,
  InventoryPolicy,
  MoveState,
  OverlayTarget,
  PlacementGroup,
  ReportedInventory,
  ReportedProvider,
  ReportInventory,
  SideName,
  SideOutcome,
  SideState,
} from '@fleetbook/domain';
import { describe, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { QueryBodies } from '../queries/bodies.ts';
import type { QUERY_BODY_SCHEMAS } from '../queries/schemas.ts';
import type {
  DRIFT_POLICIES,
  MOVE_STATES,
  PLACEMENT_RULES,
  SIDE_NAMES,
  SIDE_OUTCOMES,
  SIDE_STATES,
} from '../vocabulary.ts';
import type {
  BatchPartBody,
  CommandBodies,
  InventoryPolicyBody,
  OverlayTargetBody,
  ReportedInventoryBody,
  ReportedProviderBody,
} from './schemas.ts';

type DeepReadonly<Value> = Value extends object ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> } : Value;

type Plain<Value> = Value extends object ? { readonly [Key in keyof Value]: Plain<Value[Key]> } : Value;

/** Of a choice: each of its shapes. */
type Without<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

type Envelope = 'commandId' | 'issuedAt' | 'correlationId';

/** What travels of a command, once the subject's part is added and the envelope's taken away. */
type Travelled<Type extends CommandType> = Plain<DeepReadonly<Omit<CommandBodies[Type], Envelope> & { type: Type }>>;

type Stored<Type extends CommandType> = Plain<Extract<Command, { readonly type: Type }>>;

type OtherTypes = 'ReportInventory' | 'SetInventoryPolicy' | 'SetOverlay' | 'AtomicBatch';

type SameTypes = Exclude<CommandType, OtherTypes>;

type Ratio = 'allocationRatio' | 'allocationRatioMillionths';

type Wire<Body, Key extends PropertyKey = never> = Plain<DeepReadonly<Without<Body, Key>>>;

type Kept<Value, Key extends PropertyKey = never> = Plain<Without<Value, Key>>;

describe('schemas and types of the domain are one', () => {
  test('every command travels as it is stored, but for ratios and the parts of a batch', () => {
    expectTypeOf<{ [Type in SameTypes]: Travelled<Type> }>().toEqualTypeOf<{ [Type in SameTypes]: Stored<Type> }>();
  });

  test('inventories and policies differ by their ratio alone', () => {
    expectTypeOf<Wire<ReportedInventoryBody, Ratio>>().toEqualTypeOf<Kept<ReportedInventory, Ratio>>();
    expectTypeOf<Wire<InventoryPolicyBody, Ratio>>().toEqualTypeOf<Kept<InventoryPolicy, Ratio>>();
    expectTypeOf<Wire<ReportedProviderBody, 'inventories'>>().toEqualTypeOf<Kept<ReportedProvider, 'inventories'>>();
    expectTypeOf<Wire<OverlayTargetBody, 'inventories'>>().toEqualTypeOf<Kept<OverlayTarget, 'inventories'>>();
    expectTypeOf<Omit<Travelled<'SetInventoryPolicy'>, 'policies'>>().toEqualTypeOf<
      Omit<Stored<'SetInventoryPolicy'>, 'policies'>
    >();
    expectTypeOf<Omit<Travelled<'SetOverlay'>, 'targets'>>().toEqualTypeOf<Omit<Stored<'SetOverlay'>, 'targets'>>();
  });

  test('a report differs by its providers alone, whatever its mode', () => {
    type Body = CommandBodies['ReportInventory'];
    type FullBody = Extract<Body, { mode: 'full' }>;
    expectTypeOf<Wire<Exclude<Body, FullBody>, Envelope>>().toEqualTypeOf<
      Kept<Exclude<ReportInventory, FullReport>, 'type'>
    >();
    expectTypeOf<Wire<FullBody, Envelope | 'providers'>>().toEqualTypeOf<Kept<FullReport, 'type' | 'providers'>>();
  });

  test('a part of an atomic batch has the origin of its batch', () => {
    expectTypeOf<Wire<BatchPartBody>>().toEqualTypeOf<Kept<BatchPart, 'origin'>>();
  });

  test('lists of words are complete', () => {
    expectTypeOf<(typeof MOVE_STATES)[number]>().toEqualTypeOf<MoveState>();
    expectTypeOf<(typeof SIDE_NAMES)[number]>().toEqualTypeOf<SideName>();
    expectTypeOf<(typeof SIDE_STATES)[number]>().toEqualTypeOf<SideState>();
    expectTypeOf<(typeof SIDE_OUTCOMES)[number]>().toEqualTypeOf<SideOutcome>();
    expectTypeOf<(typeof DRIFT_POLICIES)[number]>().toEqualTypeOf<DriftPolicy>();
    expectTypeOf<(typeof PLACEMENT_RULES)[number]>().toEqualTypeOf<PlacementGroup['rule']>();
  });

  test('every query is read as its type says', () => {
    type Read = { [Name in keyof QueryBodies]: Plain<DeepReadonly<z.output<(typeof QUERY_BODY_SCHEMAS)[Name]>>> };
    expectTypeOf<Read>().toEqualTypeOf<{ [Name in keyof QueryBodies]: Plain<QueryBodies[Name]> }>();
  });
});
