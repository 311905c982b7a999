import { createMemoryLog } from '@fleetbook/event-log/memory';
import { describe, expect, it } from 'vitest';
import type { ArchiveStatus } from '../archive/index.ts';
import { foundHistory } from '../testing/index.ts';
import { withProjector } from '../testing/run-projector.ts';

async function healthWith(status: ArchiveStatus) {
  const log = createMemoryLog();
  const { number } = await foundHistory(log);
  const answer = await withProjector(log, number, ({ answer }) => answer('health', {}), { archive: { status } });
  return { answer, number };
}

const well: ArchiveStatus = { number: 1, isKeptElsewhere: false, fault: undefined };

describe('the health of a projector that keeps an archive', () => {
  it('shows the last event that is in it, and how many are not', async () => {
    const { answer, number } = await healthWith(well);
    expect(answer).toMatchObject({ archive: { number: 1, lagEvents: number - 1 } });
    expect(answer.checks).toContainEqual({ name: 'archive', status: 'green' });
  });

  it.each([
    ['yellow', 'NO_SPACE', true],
    ['red', 'MISMATCH', false],
  ] as const)('is %s at %s', async (status, code, isOfDisk) => {
    const { answer } = await healthWith({ ...well, fault: { code, reason: 'as told', isOfDisk } });
    expect(answer.status).toBe(status);
    expect(answer.checks).toContainEqual({ name: 'archive', status, reason: `${code}: as told` });
  });

  it('claims no archive that another process keeps', async () => {
    expect((await healthWith({ ...well, isKeptElsewhere: true })).answer).not.toHaveProperty('archive');
  });
});
