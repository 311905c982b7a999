import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, type ErrorCode, fleetbookError } from './error.ts';

const messageOf = (code: ErrorCode, details: Parameters<typeof fleetbookError>[1] = {}) =>
  fleetbookError(code, details).message;

describe('the message of an error', () => {
  it('says why nothing is known of a node, and since when', () => {
    const details = { node: 'n1', reason: 'driver broke', since: 1_795_000_000_000 };
    expect(messageOf('INVENTORY_STALE', details)).toBe(
      'What node n1 has is not known since 2026-11-18T11:06:40.000Z: driver broke.',
    );
  });

  it('leaves out what its details do not tell', () => {
    expect(messageOf('INVENTORY_STALE', { node: 'n1' })).toBe('What node n1 has is not known.');
    expect(messageOf('NODE_DOWN', { node: 'n1', reason: 'power' })).toBe('Node n1 is down: power.');
    expect(messageOf('NODE_DOWN', { node: 'n1' })).toBe('Node n1 is down.');
    expect(messageOf('LOG_DAMAGED', { kind: 'gap' })).toBe('The log is damaged (gap).');
    expect(messageOf('LOG_DAMAGED', { kind: 'gap', number: 7 })).toBe('The log is damaged (gap) at event 7.');
    const overlay = { node: 'n1', rule: 'driver-owned', provider: '', name: 'VCPU' };
    expect(messageOf('INVALID_OVERLAY', overlay)).toBe('The overlay of node n1 breaks the rule driver-owned: VCPU.');
    expect(messageOf('INVALID_OVERLAY', { ...overlay, provider: 'gpu-0', name: '' })).toBe(
      'The overlay of node n1 breaks the rule driver-owned at target gpu-0.',
    );
  });

  it('has no bracket or brace left over', () => {
    for (const [code, { message }] of Object.entries(ERROR_CATALOGUE)) {
      const bare = message.replaceAll(/\{[A-Za-z.]+(\|time)?\}/g, '').replaceAll(/\[[^[\]]*\]/g, '');
      expect({ code, bare }).toEqual({ code, bare: bare.replaceAll(/[[\]{}]/g, '') });
    }
  });
});
