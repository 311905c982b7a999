import { describe, expect, test } from 'vitest';
import { EVENT_CHECKS } from './shapes.ts';
import { chainUpcasters, type Upcaster } from './upcasters.ts';

const step = (from: number): Upcaster => ({
  type: 'NodeRegistered',
  from,
  upcast: (event) => ({ ...event, schemaVersion: from + 1, [`added${from + 1}`]: true }),
});

const chain = (newest: number, upcasters: readonly Upcaster[]) =>
  chainUpcasters({ ...EVENT_CHECKS, NodeRegistered: Array(newest) }, upcasters);

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
