import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const door = fileURLToPath(new URL('./index.ts', import.meta.url));

interface Ended {
  readonly exit: number | NodeJS.Signals | null;
  readonly messages: readonly string[];
}

function programOf(start: string): string {
  return `
    import { createLogger, runService } from ${JSON.stringify(door)};
    const base = { service: 'test', version: '0.0.0', serviceInstanceId: 'one' };
    const logger = createLogger({ ...base, level: 'info', output: 'stdout' });
    setInterval(() => undefined, 60_000);
    await runService({ logger, timeoutMs: 200, start: async (scope) => { ${start}; return { ok: true }; } });
  `;
}

/** Runs a service in a process of its own; sends it each signal once its log shows the message. */
async function run(
  start: string,
  signals: readonly (readonly [message: string, signal: NodeJS.Signals])[],
): Promise<Ended> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', programOf(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const waiting = [...signals];
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const next = waiting[0];
    if (next !== undefined && text.includes(`"${next[0]}"`)) {
      waiting.shift();
      child.kill(next[1]);
    }
  });
  const [code, signal]: (number | NodeJS.Signals | null)[] = await once(child, 'close');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): { message: string } => JSON.parse(line));
  return { exit: code ?? signal ?? null, messages: lines.map(({ message }) => message) };
}

const stuck = "scope.onStop('stuck', () => { logger.info('stopping'); return new Promise(() => undefined); })";

it('a service ends with 0 on SIGTERM, with every line written', async () => {
  const start = "scope.onStop('work', () => logger.info('stopped')); logger.info('started')";
  expect(await run(start, [['started', 'SIGTERM']])).toEqual({
    exit: 0,
    messages: ['started', 'shutting down', 'stopped'],
  });
});

it('a service that cannot stop in time ends with 1', async () => {
  const ended = await run(`${stuck}; logger.info('started')`, [['started', 'SIGTERM']]);
  expect(ended).toEqual({ exit: 1, messages: ['started', 'shutting down', 'stopping', 'shutdown took too long'] });
});

it('a service ends at once on a second signal', async () => {
  const ended = await run(`${stuck}; logger.info('started')`, [
    ['started', 'SIGINT'],
    ['stopping', 'SIGINT'],
  ]);
  expect(ended).toEqual({
    exit: 130,
    messages: ['started', 'shutting down', 'stopping', 'second signal: ending at once'],
  });
});

it('a service ends with 70 on an exception nobody caught, and says so', async () => {
  const ended = await run("setImmediate(() => { throw new Error('bug'); })", []);
  expect(ended).toEqual({ exit: 70, messages: ['uncaught exception'] });
});

it('a service ends with 70 on a rejection nobody handled', async () => {
  const ended = await run("void Promise.reject(new Error('bug'))", []);
  expect(ended).toEqual({ exit: 70, messages: ['uncaught exception'] });
});

it('a service whose log is on a full disk lives on, and ends as it would', async (context) => {
  context.skip(process.platform !== 'linux', 'there is no /dev/full');
  await using full = await open('/dev/full', 'w');
  const start = "logger.info('started'); process.send('started')";
  const child = spawn(process.execPath, ['--input-type=module', '-e', programOf(start)], {
    stdio: ['ignore', full.fd, 'inherit', 'ipc'],
  });
  await once(child, 'message');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});
