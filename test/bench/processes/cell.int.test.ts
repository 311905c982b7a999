import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceEnvironment } from '@fleetbook/cli/testing';
import { expect, it, vi } from 'vitest';
import type { AgentsReport, LoadReport } from '../load/tasks.ts';
import { withCell } from './cell.ts';

it('keeps what its nodes have known, however long a load lasts: their agents report', async () => {
  vi.stubEnv('NODE_COMPILE_CACHE', sourceEnvironment()['NODE_COMPILE_CACHE']);
  // A node is silent after three intervals of the policy. Agents report more often, so that a machine that is busy with
  // something else for seconds makes none of them silent; and the load lasts longer.
  const place = {
    ...{ parent: join(tmpdir(), 'fleetbook-bench'), nodes: 64, profile: undefined, reportIntervalMs: 1_000 },
    environment: { FLEETBOOK_REPORT_INTERVAL_MS: '3000' },
  };
  await withCell({ ...place, interrupted: new Promise<never>(() => undefined) }, async ({ load, agents }) => {
    const task = { type: 'open', traffic: 'claims', perSecond: 20, seconds: 10 };
    expect(await load.run<LoadReport>(task)).toMatchObject({ count: 200, isOverloaded: false });
    const told = await agents.run<AgentsReport>({ type: 'tell' });
    expect(told).toEqual({ sent: expect.any(Number) });
    expect(told.sent).toBeGreaterThan(64);
  });
});
