import { describe, expect, it } from 'vitest';
import { createLatencies } from './latencies.ts';

describe('latencies', () => {
  it('give the smallest duration that the share did not exceed', () => {
    const latencies = createLatencies();
    for (let durationMs = 100; durationMs > 0; durationMs -= 1) {
      latencies.add(durationMs);
    }
    expect([0.01, 0.5, 0.99, 1].map(latencies.percentile)).toEqual([1, 50, 99, 100]);
  });

  it('count what came after a percentile was asked for', () => {
    const latencies = createLatencies();
    latencies.add(5);
    expect(latencies.percentile(0.5)).toBe(5);
    latencies.add(1);
    expect(latencies.percentile(0.5)).toBe(1);
    expect(latencies.count).toBe(2);
  });

  it('are 0 without any request', () => {
    expect(createLatencies().percentile(0.99)).toBe(0);
  });
});
