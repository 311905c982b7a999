import type { StateTable } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import { cellTable, consequenceTable, diagramOf, machineOf } from './machine.ts';

type State = 'off' | 'on' | 'hot' | 'gone' | 'never';

const refused = { kind: 'refuse', code: 'NODE_RETIRED' } as const;
const unchanged = { kind: 'unchanged' } as const;

const TABLE: StateTable<State, 'press' | 'wait'> = {
  off: { press: { kind: 'reach', state: 'on' }, wait: unchanged },
  on: { press: { kind: 'reach', state: 'off' }, wait: { kind: 'reach', state: 'on' } },
  hot: { press: { kind: 'reach', state: 'off' }, wait: { kind: 'reach', state: 'gone' } },
  gone: { press: refused, wait: refused },
  never: { press: { kind: 'reach', state: 'off' }, wait: unchanged },
};

const machine = machineOf(TABLE, 'off', [
  { from: 'on', to: 'hot', by: ['DriftFound', 'DriftHealed'] },
  { from: 'never', to: 'hot', by: ['DriftFound'] },
]);

describe('a state machine on a page', () => {
  test('has the states that something leads to, by a command or by an event', () => {
    expect(machine.states).toEqual(['off', 'on', 'hot', 'gone']);
  });

  test('draws one arrow from a state to another one, and the ends', () => {
    expect(diagramOf(machine).split('\n')).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> off',
      '  off --> on : press',
      '  on --> off : press',
      '  hot --> off : press',
      '  hot --> gone : wait',
      '  on --> hot : event DriftFound, event DriftHealed',
      '  gone --> [*]',
      '```',
    ]);
  });

  test('shows every cell, with inputs or with states in rows', () => {
    expect(cellTable(machine, 'inputs').split('\n')).toEqual([
      '|  | off | on | hot | gone |',
      '|---|---|---|---|---|',
      '| `press` | → **on** | → **off** | → **off** | `NODE_RETIRED` |',
      '| `wait` | unchanged | recorded | → **gone** | `NODE_RETIRED` |',
    ]);
    expect(cellTable(machine, 'states').split('\n')[3]).toBe('| **on** | → **off** | recorded |');
  });

  test('lists what events bring about, in the states it has', () => {
    expect(consequenceTable(machine).split('\n').slice(2)).toEqual([
      '| **on** | **hot** | `DriftFound`, `DriftHealed` |',
    ]);
  });
});
