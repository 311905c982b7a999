// `npm run bench -- start [--claims N] [--json]`: how long a tracker and a projector take to start on a log of so many
// live claims, without and with what they have saved.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus, type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import { buildLog } from './build-log.ts';

const CELL = 'bench';
const TIMEOUT_MS = 60_000;
const ACCESS = { user: 'bench', password: randomUUID() };
const ENTRY = fileURLToPath(new URL('start-process.ts', import.meta.url));
/** More than a million claims need. */
const NODE_FLAGS = ['--expose-gc', '--max-old-space-size=8192'];

const run = promisify(execFile);

export async function runStart(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { claims: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
  });
  const claims = Number(values.claims);
  const parent = resolve('.fleetbook/bench');
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'start-'));
  const server = await startServer(directory);
  try {
    const builtMs = performance.now();
    const number = await build(server, claims);
    say(`${claims} live claims, ${number} events, written in ${seconds(performance.now() - builtMs)} s`);
    const found: Record<string, Record<string, unknown>> = {};
    for (const [name, kind] of [
      ['tracker, whole log, then a snapshot', 'tracker'],
      ['tracker, snapshot', 'tracker'],
      ['projector, whole log, then a checkpoint', 'projector'],
      ['projector, checkpoint', 'projector'],
    ] as const) {
      const measured = await startOne(server, kind, join(directory, kind));
      const { created } = measured;
      const path = typeof created === 'object' && created !== null && 'path' in created ? created.path : undefined;
      const bytes = typeof path === 'string' ? (await stat(path)).size : undefined;
      found[name] = { ...measured, ...(bytes === undefined ? {} : { fileBytes: bytes }) };
      say(`${name}: ${JSON.stringify(found[name])}`);
    }
    if (values.json) {
      say(JSON.stringify({ claims, events: number, ...found }));
    }
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startOne({ url }: RunningServer, kind: string, directory: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [
    ...NODE_FLAGS,
    ENTRY,
    kind,
    url,
    ACCESS.user,
    ACCESS.password,
    CELL,
    directory,
  ]);
  return JSON.parse(stdout);
}

async function build({ url }: RunningServer, claims: number): Promise<number> {
  const bus = await connectBus({ servers: [url], name: 'fleetbook-bench-build', ...ACCESS });
  const log = await openJetStreamLog({
    ...{ connection: bus.connection, cell: CELL, create: true, appendTimeoutMs: TIMEOUT_MS },
  });
  try {
    return await buildLog(log, CELL, claims);
  } finally {
    await log.close();
    await bus.close();
  }
}

async function startServer(directory: string): Promise<RunningServer> {
  const binary = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (!binary.ok) {
    throw new Error(binary.error.message);
  }
  const started = await startNatsServer({ binary: binary.value.path, dataDirectory: directory, access: ACCESS });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  return started.value;
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
