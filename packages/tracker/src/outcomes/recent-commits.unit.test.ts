import { asPosition } from '@fleetbook/event-log';
import { describe, expect, it } from 'vitest';
import { RecentCommits } from './recent-commits.ts';

const MEGABYTE = 1024 * 1024;

const bytesOf = (firstNumber: number, length: number): Buffer => Buffer.alloc(length, firstNumber % 256);

describe('the newest commits', () => {
  it('are found by their first numbers until as many bytes have come after them', () => {
    const recent = new RecentCommits(2 * MEGABYTE);
    for (let number = 1; number <= 10; number += 1) {
      recent.keep(number, asPosition(number), bytesOf(number, MEGABYTE / 4));
    }
    const found = Array.from({ length: 10 }, (_, place) => recent.find(place + 1)?.position);
    expect(found).toEqual([undefined, undefined, undefined, undefined, 5, 6, 7, 8, 9, 10]);
    expect(recent.find(7)?.stored.equals(bytesOf(7, MEGABYTE / 4))).toBe(true);
  });

  it('stay what they were for whoever has found them', () => {
    const recent = new RecentCommits(1_000);
    recent.keep(1, asPosition(1), bytesOf(1, 600));
    const found = recent.find(1);
    recent.keep(2, asPosition(2), bytesOf(2, 600));
    expect(found?.stored).toEqual(bytesOf(1, 600));
    expect(recent.find(1)).toBe(undefined);
  });

  it('may be kept a second time, when they have been read again', () => {
    const recent = new RecentCommits(2 * MEGABYTE);
    recent.keep(1, asPosition(1), bytesOf(1, MEGABYTE));
    recent.keep(1, asPosition(1), bytesOf(1, MEGABYTE));
    recent.keep(2, asPosition(2), bytesOf(2, MEGABYTE));
    expect(recent.find(1)?.stored.equals(bytesOf(1, MEGABYTE))).toBe(true);
  });

  it('are none where no memory is given to them', () => {
    const recent = new RecentCommits(0);
    recent.keep(1, asPosition(1), bytesOf(1, 1));
    expect(recent.find(1)).toBe(undefined);
  });
});
