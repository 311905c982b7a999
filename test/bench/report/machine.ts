import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { resolveNatsServer } from '@fleetbook/messaging';

export interface MachineFacts {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Processes that wanted a core in the minute before: above 0 something else runs too. */
  readonly loadBefore: number;
  readonly node: string;
  readonly natsServer: string;
  /** Writes of 4 KiB, each synced before the next, on the disk the log is on. */
  readonly syncsPerSecond: number;
}

export async function readMachine(directory: string): Promise<MachineFacts> {
  const server = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  return {
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
    node: process.version,
    natsServer: server.ok ? server.value.version : 'none',
    syncsPerSecond: measureSyncs(join(directory, 'sync')),
  };
}

function measureSyncs(path: string): number {
  const block = Buffer.alloc(4_096, 1);
  const count = 100;
  const file = openSync(path, 'w');
  try {
    const startMs = performance.now();
    for (let written = 0; written < count; written += 1) {
      writeSync(file, block);
      fsyncSync(file);
    }
    return Math.round((count * 1000) / (performance.now() - startMs));
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
