import type { Command, CommandType, ReportedInventory, ReportedProvider } from '@fleetbook/domain';
import { describe, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { QueryBodies } from '../queries/bodies.ts';
import type { QUERY_BODY_SCHEMAS } from '../queries/schemas.ts';
import type { CommandBodies, ReportedInventoryBody, ReportedProviderBody } from './schemas.ts';

type DeepReadonly<Value> = Value extends object ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> } : Value;

type Plain<Value> = Value extends object ? { readonly [Key in keyof Value]: Plain<Value[Key]> } : Value;

type Envelope = 'commandId' | 'issuedAt' | 'correlationId';

/** What travels of a command, once the subject's part is added and the envelope's taken away. */
type Travelled<Type extends CommandType> = Plain<DeepReadonly<Omit<CommandBodies[Type], Envelope> & { type: Type }>>;

type Stored<Type extends CommandType> = Plain<Extract<Command, { readonly type: Type }>>;

type SameTypes = Exclude<CommandType, 'ReportInventory'>;

describe('schemas and types of the domain are one', () => {
  test('every command but the report travels as it is stored', () => {
    expectTypeOf<{ [Type in SameTypes]: Travelled<Type> }>().toEqualTypeOf<{ [Type in SameTypes]: Stored<Type> }>();
  });

  test('a report differs by its ratio alone', () => {
    expectTypeOf<Plain<DeepReadonly<Omit<ReportedInventoryBody, 'allocationRatio'>>>>().toEqualTypeOf<
      Plain<Omit<ReportedInventory, 'allocationRatioMillionths'>>
    >();
    expectTypeOf<Plain<DeepReadonly<Omit<ReportedProviderBody, 'inventories'>>>>().toEqualTypeOf<
      Plain<Omit<ReportedProvider, 'inventories'>>
    >();
    expectTypeOf<Omit<Travelled<'ReportInventory'>, 'providers'>>().toEqualTypeOf<
      Omit<Stored<'ReportInventory'>, 'providers'>
    >();
  });

  test('every query is read as its type says', () => {
    type Read = { [Name in keyof QueryBodies]: Plain<DeepReadonly<z.output<(typeof QUERY_BODY_SCHEMAS)[Name]>>> };
    expectTypeOf<Read>().toEqualTypeOf<{ [Name in keyof QueryBodies]: Plain<QueryBodies[Name]> }>();
  });
});
