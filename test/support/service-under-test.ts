import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { killAtExit } from '@fleetbook/messaging';
import { PROJECTOR_NODE_FLAGS } from '@fleetbook/operations';
import { processEnvironment } from './process-environment.ts';
import { PROGRAMS } from './programs.ts';
import { until } from './until.ts';

type LogLine = Readonly<Record<string, unknown>>;

/** A tracker or projector as a process of its own, without a supervisor. */
export interface ServiceUnderTest {
  readonly pid: number;
  /** Its log so far. */
  readonly lines: readonly LogLine[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the first log line, also one already written, that has all these fields. */
  logged(fields: LogLine): Promise<LogLine>;
  /** HTTP status of `/livez` or `/readyz`. */
  status(path: '/livez' | '/readyz'): Promise<number>;
  /** What `/readyz` tells of its state. */
  facts(): Promise<unknown>;
  /** SIGTERM, and SIGKILL to one that does not listen. */
  stop(): Promise<void>;
}

const GRACE_MS = 8_000;

const NODE_FLAGS = { tracker: [], projector: PROJECTOR_NODE_FLAGS } as const;

export function spawnService(
  name: keyof typeof NODE_FLAGS,
  environment: Readonly<Record<string, string>>,
): ServiceUnderTest {
  const child = spawn(process.execPath, [...NODE_FLAGS[name], PROGRAMS[name]], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...processEnvironment(), ...environment },
  });
  child.once(
    'exit',
    killAtExit(() => void child.kill('SIGKILL')),
  );
  const lines: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const ended = endOf(child);
  const ask = async (path: string): Promise<Answer> => {
    const { port } = await logged({ message: 'http server listens' });
    return answerOf(Number(port), path);
  };
  const logged = (fields: LogLine) =>
    until(`a line of the ${name} with ${JSON.stringify(fields)}`, () =>
      lines.find((line) => Object.entries(fields).every(([key, value]) => line[key] === value)),
    );
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    kill: (signal) => void child.kill(signal),
    logged,
    status: async (path) => (await ask(path)).status,
    facts: async () => JSON.parse((await ask('/readyz')).text),
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(killer);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Tests ask again and again until a service is ready: without `fetch`, which costs several times as much. */
function answerOf(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path }, (answer) => {
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, text: read }), reject);
    });
    request.on('error', reject);
  });
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
