import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms } from './bundle-programs.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetbook-programs-'));

/** Once for all files of a run: their processes inherit where the programs are, and what V8 has compiled of them. */
export async function setup(): Promise<void> {
  await bundlePrograms(directory);
  process.env['FLEETBOOK_TEST_PROGRAMS'] = directory;
  process.env['NODE_COMPILE_CACHE'] = join(directory, 'compile-cache');
}

export function teardown(): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
