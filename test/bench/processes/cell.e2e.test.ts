import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AgentsReport, LoadReport } from '../load/tasks.ts';
import { withCell } from './cell.ts';

it('keeps what its nodes have known, however long a load lasts: their agents report', async () => {
  // A node is silent after three intervals: the load lasts longer.
  const place = { parent: join(tmpdir(), 'fleetbook-bench'), nodes: 64, profile: undefined, reportIntervalMs: 1_000 };
  await withCell({ ...place, interrupted: new Promise<never>(() => undefined) }, async ({ load, agents }) => {
    const task = { type: 'open', traffic: 'claims', perSecond: 100, seconds: 4 };
    expect(await load.run<LoadReport>(task)).toMatchObject({ count: 400, isOverloaded: false });
    const told = await agents.run<AgentsReport>({ type: 'tell' });
    expect(told).toEqual({ sent: expect.any(Number) });
    expect(told.sent).toBeGreaterThan(64);
  });
});
