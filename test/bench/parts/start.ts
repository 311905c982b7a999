import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import { connectBus, type RunningServer } from '@fleetbook/messaging';
import type { Bench } from '../bench.ts';
import { startServer } from '../processes/cell.ts';
import type { Found } from '../report/findings.ts';
import { countText, rounded } from '../report/numbers.ts';
import { type BuildOptions, buildLog } from '../start/build-log.ts';
import type { StartReport } from '../start/start-report.ts';

const CELL = 'bench';
const TIMEOUT_MS = 60_000;
const ENTRY = fileURLToPath(new URL('../start/start-process.ts', import.meta.url));
/** More than a million claims need. */
const NODE_FLAGS = ['--expose-gc', '--max-old-space-size=8192'];
const BYTES_PER_MB = 2 ** 20;

const run = promisify(execFile);

interface Start extends StartReport {
  readonly fileBytes: number;
}

/** How long a tracker and a projector take to start on a log of many live claims, without and with what they saved. */
export async function startPart(bench: Bench): Promise<void> {
  await bench.closeCell();
  await bench.findings.step('start', () => measureStarts(bench));
}

async function measureStarts({ directory: parent, options, rounds, signal }: Bench): Promise<Found> {
  const { claims } = options;
  const directory = await mkdtemp(join(parent, 'start-'));
  const server = await startServer(directory);
  try {
    const nodesBytes = { tracker: 0, projector: 0 };
    const onNodes = async (): Promise<void> => {
      for (const kind of ['tracker', 'projector'] as const) {
        nodesBytes[kind] = (await startOne(server, kind, join(directory, `${kind}-of-nodes`), signal)).stateBytes;
      }
    };
    const events = await build(server, { cell: CELL, claims, signal, onNodes });
    rounds.onRun(`a log of ${countText(claims)} live claims is written`);
    const start = async (name: string, kind: 'tracker' | 'projector'): Promise<Start> => {
      const report = await startOne(server, kind, join(directory, kind), signal);
      const fileBytes = report.savedPath === undefined ? 0 : (await stat(report.savedPath)).size;
      rounds.onRun(`${name}: ${report.seconds.toFixed(1)} s`);
      return { ...report, fileBytes };
    };
    return foundOf({
      ...{ claims, events, nodesBytes },
      trackerFromLog: await start('tracker, whole log', 'tracker'),
      trackerFromSnapshot: await start('tracker, snapshot', 'tracker'),
      projectorFromLog: await start('projector, whole log', 'projector'),
      projectorFromCheckpoint: await start('projector, checkpoint', 'projector'),
    });
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startOne(server: RunningServer, kind: string, directory: string, signal: AbortSignal) {
  const { url, access } = server;
  const { user, password } = 'user' in access ? access : { user: '', password: '' };
  const args = [...NODE_FLAGS, ENTRY, kind, url, user, password, CELL, directory];
  const { stdout } = await run(process.execPath, args, { signal });
  const report: StartReport = JSON.parse(stdout);
  return report;
}

async function build({ url, access }: RunningServer, options: BuildOptions): Promise<number> {
  const credentials = 'user' in access ? { user: access.user, password: access.password } : {};
  const bus = await connectBus({ servers: [url], name: 'fleetbook-bench-build', ...credentials });
  const { connection } = bus;
  const log = await openJetStreamLog({ connection, cell: CELL, create: true, appendTimeoutMs: TIMEOUT_MS });
  try {
    return await buildLog(log, options);
  } finally {
    await log.close();
    await bus.close();
  }
}

interface StartFigures {
  readonly claims: number;
  readonly events: number;
  /** Of the state before there were claims. */
  readonly nodesBytes: Readonly<Record<'tracker' | 'projector', number>>;
  readonly trackerFromLog: Start;
  readonly trackerFromSnapshot: Start;
  readonly projectorFromLog: Start;
  readonly projectorFromCheckpoint: Start;
}

function foundOf({ claims, events, nodesBytes, ...starts }: StartFigures): Found {
  const { trackerFromLog, trackerFromSnapshot, projectorFromLog, projectorFromCheckpoint } = starts;
  const bytesPerLiveClaim = {
    tracker: Math.round((trackerFromSnapshot.stateBytes - nodesBytes.tracker) / claims),
    projector: Math.round((projectorFromLog.stateBytes - nodesBytes.projector) / claims),
  };
  const keys = ({ seconds, cpuSeconds, longestPauseMs, residentBytes, fileBytes }: Start) => ({
    ...{ seconds: rounded(seconds), cpuSeconds: rounded(cpuSeconds) },
    longestPauseMs: rounded(longestPauseMs),
    residentMb: Math.round(residentBytes / BYTES_PER_MB),
    fileMb: Math.round(fileBytes / BYTES_PER_MB),
  });
  const line = (name: string, { seconds, cpuSeconds, residentBytes }: Start): string =>
    `  ${name.padEnd(28)} ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time), ` +
    `${Math.round(residentBytes / BYTES_PER_MB)} MB`;
  return {
    json: {
      start: {
        ...{ claims, events, bytesPerLiveClaim },
        secondsPerMillionClaims: rounded((trackerFromSnapshot.seconds * 1e6) / claims),
        trackerFromLog: keys(trackerFromLog),
        trackerFromSnapshot: keys(trackerFromSnapshot),
        projectorFromLog: keys(projectorFromLog),
        projectorFromCheckpoint: keys(projectorFromCheckpoint),
      },
    },
    lines: [
      `starts on ${countText(claims)} live claims, ${countText(events)} events`,
      line('tracker, whole log', trackerFromLog),
      line('tracker, snapshot', trackerFromSnapshot),
      line('projector, whole log', projectorFromLog),
      line('projector, checkpoint', projectorFromCheckpoint),
      `  bytes a live claim in memory: tracker ${bytesPerLiveClaim.tracker}, ` +
        `projector ${bytesPerLiveClaim.projector}`,
    ],
  };
}
