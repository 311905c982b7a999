import type { EventType } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import { chainUpcasters, type Upcaster } from './upcasters.ts';

const ONES: Readonly<Record<EventType, number>> = {
  LedgerCreated: 1,
  CellConfigured: 1,
  WriterElected: 1,
  NodeRegistered: 1,
  InventoryChanged: 1,
  NodeEnabled: 1,
  NodeDisabled: 1,
  NodeRetired: 1,
  InstanceClaimed: 1,
  ClaimConfirmed: 1,
  ClaimAborted: 1,
  InstanceDropped: 1,
  CommandRejected: 1,
};

const step = (from: number): Upcaster => ({
  type: 'NodeRegistered',
  from,
  upcast: (event) => ({ ...event, schemaVersion: from + 1, [`added${from + 1}`]: true }),
});

const chain = (newest: number, upcasters: readonly Upcaster[]) =>
  chainUpcasters({ ...ONES, NodeRegistered: newest }, upcasters);

describe('upcasters', () => {
  test('bring an event through every version to the newest', () => {
    const upcast = chain(3, [step(2), step(1)]);
    expect(upcast('NodeRegistered', 1, { schemaVersion: 1 })).toEqual({ schemaVersion: 3, added2: true, added3: true });
    expect(upcast('NodeRegistered', 2, { schemaVersion: 2 })).toEqual({ schemaVersion: 3, added3: true });
    expect(upcast('NodeRegistered', 3, { schemaVersion: 3 })).toEqual({ schemaVersion: 3 });
  });

  test.each([
    ['a step is missing', 3, [step(1)], 'No upcaster from version 2'],
    ['a step is there twice', 2, [step(1), step(1)], 'Two upcasters from version 1'],
    ['a step leads beyond the newest version', 2, [step(1), step(2)], 'leads nowhere'],
  ])('do not load when %s', (_what, newest, upcasters, message) => {
    expect(() => chain(newest, upcasters)).toThrow(message);
  });
});
