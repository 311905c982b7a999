import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunningServer } from '@fleetbook/messaging';
import { environmentOfCell } from '../processes/service.ts';
import type { DoneReport, MostMemory } from './replay-tasks.ts';

const FLEETBOOK = fileURLToPath(new URL('../../../packages/cli/bin/fleetbook.mjs', import.meta.url));
const RECORD_USAGE = fileURLToPath(new URL('./record-usage.ts', import.meta.url));
const run = promisify(execFile);

interface Where {
  readonly cell: string;
  readonly server: RunningServer;
  /** For what the process takes. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** `fleetbook verify` of a whole log, as a person runs it. Rejects where the log cannot be trusted. */
export async function runVerify({ cell, server, directory, signal }: Where): Promise<DoneReport> {
  const usagePath = join(directory, 'usage.json');
  const env = { ...environmentOfCell(cell, server), BENCH_USAGE_FILE: usagePath };
  const startMs = performance.now();
  await run(process.execPath, ['--import', RECORD_USAGE, FLEETBOOK, 'verify', '--json'], { env, signal });
  const ms = Math.round(performance.now() - startMs);
  const usage: MostMemory & { readonly cpuMs: number } = JSON.parse(await readFile(usagePath, 'utf8'));
  return { ms, ...usage };
}
