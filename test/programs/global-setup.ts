import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms } from './bundle-programs.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetbook-programs-'));

/** Once for all files of a run: their processes inherit where the programs are. */
export async function setup(): Promise<void> {
  await bundlePrograms(directory);
  process.env['FLEETBOOK_TEST_PROGRAMS'] = directory;
}

export function teardown(): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
