import { describe, expect, it } from 'vitest';
import { ROLES } from '../actor.ts';
import { COMMAND_TYPES } from '../command.ts';
import { REJECTION_CODES } from '../rejection.ts';
import { CLAIM_TABLE } from './claim-table.ts';
import { INVENTORY_TABLE, NODE_TABLE } from './node-table.ts';
import { PERMISSIONS, scopeOf } from './permissions.ts';
import type { Transition } from './transition.ts';

const transitionsOf = (
  table: Readonly<Record<string, Readonly<Record<string, Transition<string>>>>>,
): Transition<string>[] => Object.values(table).flatMap((row) => Object.values(row));

describe('the state tables', () => {
  it.each([
    ['node', NODE_TABLE],
    ['inventory', INVENTORY_TABLE],
    ['claim', CLAIM_TABLE],
  ])('of the %s reach only its own states and refuse only with known codes', (_, table) => {
    for (const transition of transitionsOf(table)) {
      if (transition.kind === 'reach') expect(Object.keys(table)).toContain(transition.state);
      if (transition.kind === 'refuse') expect(REJECTION_CODES).toContain(transition.code);
    }
  });

  it('leave no way out of an ended instance or a retired node', () => {
    for (const transition of [...Object.values(CLAIM_TABLE.ended), ...Object.values(NODE_TABLE.retired)]) {
      expect(transition.kind).not.toBe('reach');
    }
  });
});

describe('the permissions', () => {
  it('name every command and open each to somebody, none to the writer itself', () => {
    expect(Object.keys(PERMISSIONS).sort()).toEqual([...COMMAND_TYPES].sort());
    for (const type of COMMAND_TYPES) {
      expect(ROLES.some((role) => scopeOf(type, role) !== undefined)).toBe(true);
      expect(scopeOf(type, 'system')).toBeUndefined();
    }
  });
});

it('the rejection codes are each named once, in an order that is pinned', () => {
  expect(REJECTION_CODES).toEqual([...new Set(REJECTION_CODES)]);
  expect(REJECTION_CODES.join(' ')).toBe(
    'NOT_AUTHORISED NODE_NOT_FOUND NODE_OWNED_BY NODE_RETIRED STALE_INCARNATION STALE_REPORT TAKEN_AT_AHEAD ' +
      'INVALID_INVENTORY PROVIDER_ELSEWHERE INVALID_OVERLAY RESHAPE_MISMATCH HEAL_TOO_LARGE NODE_NOT_EMPTY ' +
      'NODE_DOWN NODE_DISABLED INVENTORY_UNKNOWN INVENTORY_STALE GUEST_REPORT_OWED MOVE_NOT_FOUND CLAIM_NOT_FOUND ' +
      'INSTANCE_ENDED CLAIM_MISMATCH MOVE_MISMATCH CLAIM_CONFIRMED CLAIM_UNCONFIRMED CLAIM_RELEASING ' +
      'MOVE_OPEN MOVE_STATE INSTANCE_ALREADY_HELD INSTANCE_OFFLOADED MOVE_ID_TAKEN SOURCE_NOT_DOWN SAME_NODE ' +
      'REPLACE_NEEDS_SAME_NODE REBUILD_GROWS UNKNOWN_PROVIDER UNKNOWN_CLASS UNKNOWN_UNIT UNITS_MISSING TRAIT_MISSING ' +
      'TRAIT_FORBIDDEN AMOUNT_RULE UNIT_TAKEN NO_CAPACITY NO_ASSIGNMENT REQUEST_TOO_COMPLEX',
  );
});
