import { fleetbookError } from '@fleetbook/contracts';
import type { TaskOutcome } from '@fleetbook/workload';
import { describe, expect, it } from 'vitest';
import { tallyOf } from './tally.ts';

const task = (id: string) => ({
  id,
  cpuMilli: 1,
  memoryMb: 1,
  gpuCount: 0,
  gpuMilli: 0,
  qos: 'LS',
  createdAtSeconds: 0,
});

const accepted = (id: string, sentAtMs: number, answeredAtMs: number): TaskOutcome => ({
  task: task(id),
  node: 'n-1',
  sentAtMs,
  answeredAtMs,
  reply: {
    outcome: 'accepted',
    commandId: `c-${id}`,
    token: 'h.1',
    at: 1,
    result: { type: 'ClaimInstance', node: 'n-1', instance: id, claimId: `c-${id}`, charge: [] },
  },
});

const refused = (id: string, code: 'NO_CAPACITY' | 'UNKNOWN_CLASS'): TaskOutcome => ({
  ...accepted(id, 0, 1),
  reply: { outcome: 'refused', commandId: `c-${id}`, token: 'h.1', at: 1, error: fleetbookError(code) },
});

describe('the tally', () => {
  it('counts refusals by code, the most frequent first, and shows the first of those', () => {
    const tally = tallyOf(
      [refused('a', 'UNKNOWN_CLASS'), refused('b', 'NO_CAPACITY'), refused('c', 'NO_CAPACITY')],
      [],
    );
    expect([...tally.refused]).toEqual([
      ['NO_CAPACITY', 2],
      ['UNKNOWN_CLASS', 1],
    ]);
    expect(tally.shown?.instance).toBe('b');
  });

  it('keeps requests apart that were in flight while a service was down', () => {
    const outcomes = [accepted('before', 0, 10), accepted('during', 15, 500), accepted('after', 501, 506)];
    const tally = tallyOf(outcomes, [{ fromMs: 20, toMs: 500 }]);
    expect(tally.quiet).toEqual({ count: 2, p50Ms: 5, p99Ms: 10, slowestMs: 10 });
    expect(tally.disturbed).toEqual({ count: 1, p50Ms: 485, p99Ms: 485, slowestMs: 485 });
    expect(tally.held.map(({ instance }) => instance)).toEqual(['before', 'during', 'after']);
  });

  it('is not made of a task without an outcome', () => {
    const unknown = { ...accepted('a', 0, 1), reply: { outcome: 'error', error: fleetbookError('TIMEOUT') } } as const;
    expect(() => tallyOf([unknown], [])).toThrow('no outcome for a');
  });
});
