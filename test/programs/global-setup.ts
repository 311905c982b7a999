import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveNatsServer } from '@fleetbook/messaging';
import { bundlePrograms } from './bundle-programs.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetbook-programs-'));

/**
 * Once for all files of a run: their processes inherit where the programs are, what V8 has compiled of them, and which
 * nats-server is sound. Where there is none, each test says for itself what is missing.
 */
export async function setup(): Promise<void> {
  await bundlePrograms(directory);
  process.env['FLEETBOOK_TEST_PROGRAMS'] = directory;
  process.env['NODE_COMPILE_CACHE'] = join(directory, 'compile-cache');
  const server = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (server.ok) {
    process.env['FLEETBOOK_TEST_NATS_SERVER'] = server.value.path;
  }
}

export function teardown(): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
