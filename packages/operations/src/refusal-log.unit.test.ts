import { describe, expect, it } from 'vitest';
import { createRefusalLog } from './refusal-log.ts';
import { manualClock } from './testing/manual-clock.ts';
import { memoryLogger } from './testing/memory-logger.ts';

function setUp() {
  const [logger, clock] = [memoryLogger(), manualClock()];
  const { note } = createRefusalLog('not taken', { logger, clock });
  return { note, clock, lines: () => logger.lines.map(({ key, suppressed }) => [key, suppressed]) };
}

describe('refusals', () => {
  it('are told of once a minute for each key, with the count of those that were not', () => {
    const { note, clock, lines } = setUp();
    for (const key of ['a', 'a', 'b', 'a']) {
      note(key, { key });
    }
    expect(lines()).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
    clock.advance(59_999);
    note('a', { key: 'a' });
    expect(lines()).toHaveLength(2);
    clock.advance(1);
    note('c', { key: 'c' });
    expect(lines().slice(2)).toEqual([
      ['a', 3],
      ['c', undefined],
    ]);
  });

  it('of keys without end share a line', () => {
    const { note, lines } = setUp();
    for (let index = 0; index < 5_000; index += 1) {
      note(`key-${index}`, { key: index });
    }
    expect(lines()).toHaveLength(1_001);
  });
});
