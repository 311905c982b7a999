import { EventEmitter } from 'node:events';
import { fleetbookError } from '@fleetbook/contracts';
import { expect, it, vi } from 'vitest';
import { runService, type ServiceScope } from './lifecycle.ts';
import { fail, succeed } from './result.ts';
import { memoryLogger } from './testing/index.ts';

/** A process that notes what it ends with. */
class FakeHost extends EventEmitter {
  readonly exitCodes: number[] = [];

  exit(code: number): void {
    this.exitCodes.push(code);
  }
}

function run(start: (scope: ServiceScope) => Promise<ReturnType<typeof succeed<void>> | ReturnType<typeof failure>>) {
  const host = new FakeHost();
  const logger = memoryLogger();
  const messages = () => logger.lines.map((line) => line['message']);
  return { host, logger, messages, ended: runService({ host, logger, timeoutMs: 1_000, start }) };
}

const failure = () => fail(fleetbookError('PORT_IN_USE', { port: 1, host: '127.0.0.1' }));
const done = succeed(undefined);

it('undoes its start in the reverse order on a signal, then ends with 0', async () => {
  const steps: string[] = [];
  const { host, ended } = run(async (scope) => {
    scope.onStop('connection', () => void steps.push('connection'));
    scope.onStop('server', async () => void steps.push('server'));
    return done;
  });
  host.emit('SIGTERM');
  await ended;
  expect(steps).toEqual(['server', 'connection']);
  expect(host.exitCodes).toEqual([0]);
});

it('waits for a start under way, and tells it that it may give up', async () => {
  const steps: string[] = [];
  const opening = Promise.withResolvers<void>();
  const { host, ended } = run(async (scope) => {
    scope.stopping.addEventListener('abort', () => opening.resolve());
    await opening.promise;
    steps.push('opened');
    scope.onStop('late', () => void steps.push('closed'));
    return done;
  });
  host.emit('SIGINT');
  await ended;
  expect(steps).toEqual(['opened', 'closed']);
  expect(host.exitCodes).toEqual([0]);
});

it('ends at once on a second signal and says what was left', async () => {
  const { host, logger, ended } = run(async (scope) => {
    scope.onStop('first', () => undefined);
    scope.onStop('stuck', () => new Promise(() => undefined));
    return done;
  });
  host.emit('SIGTERM');
  await vi.waitFor(() => expect(logger.lines.length).toBeGreaterThan(0));
  await Promise.resolve();
  host.emit('SIGINT');
  await ended;
  expect(host.exitCodes).toEqual([130]);
  expect(logger.lines.at(-1)).toMatchObject({ message: 'second signal: ending at once', signal: 'SIGINT' });
});

it('ends with 1 when the shutdown takes too long and says what was left', async () => {
  vi.useFakeTimers();
  try {
    const { host, logger, ended } = run(async (scope) => {
      scope.onStop('first', () => undefined);
      scope.onStop('stuck', () => new Promise(() => undefined));
      return done;
    });
    host.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(999);
    expect(host.exitCodes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(host.exitCodes).toEqual([1]);
    expect(logger.lines.at(-1)).toMatchObject({ message: 'shutdown took too long', left: ['stuck', 'first'] });
  } finally {
    vi.useRealTimers();
  }
});

it('undoes a half-done start that fails, and ends with the exit code of the error', async () => {
  const steps: string[] = [];
  const { host, logger, ended } = run(async (scope) => {
    scope.onStop('lock', () => void steps.push('lock'));
    return failure();
  });
  await ended;
  expect(steps).toEqual(['lock']);
  expect(host.exitCodes).toEqual([4]);
  expect(logger.lines[0]).toMatchObject({ level: 'error', errCode: 'PORT_IN_USE' });
});

it('ends with 70 when the start throws', async () => {
  const { host, messages, ended } = run(async () => {
    throw new Error('bug');
  });
  await ended;
  expect(host.exitCodes).toEqual([70]);
  expect(messages()).toEqual(['start threw']);
});

it('shuts down on a failure from inside, keeping the first exit code', async () => {
  const { host, ended } = run(async (scope) => {
    scope.fail(fleetbookError('LOG_WENT_BACK', { end: 1, expected: 2 }));
    scope.fail(fleetbookError('UNAVAILABLE', { service: 'nats', reason: 'closed' }));
    return done;
  });
  await ended;
  expect(host.exitCodes).toEqual([5]);
});

it('goes on with the other steps when one throws, and ends with 70', async () => {
  const steps: string[] = [];
  const { host, messages, ended } = run(async (scope) => {
    scope.onStop('first', () => void steps.push('first'));
    scope.onStop('broken', () => {
      throw new Error('bug');
    });
    return done;
  });
  host.emit('SIGTERM');
  await ended;
  expect(steps).toEqual(['first']);
  expect(host.exitCodes).toEqual([70]);
  expect(messages()).toContain('shutdown step threw');
});

it('logs an exception nobody caught and ends with 70', async () => {
  const { host, logger, ended } = run(async () => done);
  host.emit('uncaughtException', new Error('bug'));
  await ended;
  expect(host.exitCodes).toEqual([70]);
  expect(logger.lines[0]).toMatchObject({ level: 'fatal', message: 'uncaught exception', err: { message: 'bug' } });
});
