import { expect, it } from 'vitest';
import type { ProcessEnd, ServiceProcess } from './service-process.ts';
import { type ServiceEvent, supervise } from './supervisor.ts';

const SPEC = { name: 'tracker', entry: 'nowhere', logFile: 'nowhere', environment: {} };

interface Launched extends ServiceProcess {
  readonly signals: readonly NodeJS.Signals[];
  end(end: ProcessEnd): void;
}

/** A process that ends when it is told to, or by any signal. */
function fakeProcess(pid: number): Launched {
  const ended = Promise.withResolvers<ProcessEnd>();
  const signals: NodeJS.Signals[] = [];
  return {
    pid,
    httpPort: 1,
    ended: ended.promise,
    ready: async () => false,
    onWaiting: () => undefined,
    onReplace: () => undefined,
    kill(signal) {
      signals.push(signal);
      ended.resolve({ code: undefined, signal });
    },
    signals,
    end: ended.resolve,
  };
}

it('ends the process that was being started again when it was told to stop', async () => {
  const [first, second] = [fakeProcess(1), fakeProcess(2)];
  const secondLaunch = Promise.withResolvers<ServiceProcess>();
  const isLaunching = Promise.withResolvers<void>();
  const launches = [
    async () => first,
    () => {
      isLaunching.resolve();
      return secondLaunch.promise;
    },
  ];
  const service = await supervise(
    SPEC,
    () => undefined,
    () => launches.shift()?.() ?? Promise.reject(new Error('a third start')),
  );
  first.end({ code: 70, signal: undefined });
  await isLaunching.promise;
  const stopped = service.stop();
  secondLaunch.resolve(second);
  await stopped;
  expect(second.signals).toEqual(['SIGTERM']);
});

it('starts it again also when a start fails', async () => {
  const [first, third] = [fakeProcess(1), fakeProcess(3)];
  const isBack = Promise.withResolvers<void>();
  const launches = [async () => first, () => Promise.reject(new Error('no file can be opened')), async () => third];
  const events: ServiceEvent[] = [];
  const service = await supervise(
    SPEC,
    (event) => {
      events.push(event);
      if (event.type === 'started' && event.pid === third.pid) {
        isBack.resolve();
      }
    },
    () => launches.shift()?.() ?? Promise.reject(new Error('a fourth start')),
  );
  first.end({ code: 70, signal: undefined });
  await isBack.promise;
  await service.stop();
  expect(events.map(({ type, pid }) => [type, pid])).toEqual([
    ['started', 1],
    ['ended', 1],
    ['ended', 0],
    ['started', 3],
    ['stopped', 3],
  ]);
});
