import { expect, it } from 'vitest';
import type { ProcessEnd, ServiceProcess } from './service-process.ts';
import { type ServiceEvent, supervise } from './supervisor.ts';

const SPEC = { name: 'tracker', entry: 'nowhere', logFile: 'nowhere', environment: {} };

interface Launched extends ServiceProcess {
  readonly signals: readonly NodeJS.Signals[];
  end(end: ProcessEnd): void;
}

/** A process that ends when it is told to, or by any signal. `isReady`: it never is, unless told otherwise. */
function fakeProcess(pid: number, isReady = Promise.resolve(false)): Launched {
  const ended = Promise.withResolvers<ProcessEnd>();
  const signals: NodeJS.Signals[] = [];
  return {
    pid,
    httpPort: 1,
    ended: ended.promise,
    ready: () => isReady,
    isReady: () => isReady,
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

it('means by ready the process that follows one that has ended, by itself or by a signal', async () => {
  const processes = [1, 2, 3].map((pid) => fakeProcess(pid, Promise.resolve(true)));
  const [first, second] = processes;
  const waiting = [...processes];
  const service = await supervise(
    SPEC,
    () => undefined,
    async () => waiting.shift() ?? Promise.reject(new Error('a fourth start')),
  );
  expect(await service.whenReady()).toBe(1);
  first?.end({ code: 70, signal: undefined });
  await expect.poll(() => service.whenReady()).toBe(2);
  service.kill('SIGKILL');
  expect(await service.whenReady()).toBe(3);
  expect(second?.signals).toEqual(['SIGKILL']);
  await service.stop();
});

it('lets nobody wait for a process that was killed before it was ready', async () => {
  const isReady = Promise.withResolvers<boolean>();
  const [first, second] = [fakeProcess(1, isReady.promise), fakeProcess(2, Promise.resolve(true))];
  const waiting = [first, second];
  const service = await supervise(
    SPEC,
    () => undefined,
    async () => waiting.shift() ?? Promise.reject(new Error('a third start')),
  );
  const ready = service.whenReady();
  service.kill('SIGKILL');
  isReady.resolve(true);
  expect(await ready).toBe(2);
  await service.stop();
});

it.each([
  ['in order', { code: 0, signal: undefined }, undefined],
  ['before it had begun with anything', { code: undefined, signal: 'SIGTERM' }, undefined],
  ['with steps left undone', { code: 1, signal: undefined }, 'exit code 1'],
  ['because it was killed', { code: undefined, signal: 'SIGKILL' }, 'signal SIGKILL'],
])('says of one that stopped %s how it ended, unless all is well', async (_how, end, reason) => {
  const events: ServiceEvent[] = [];
  const told = fakeProcess(1);
  const service = await supervise(
    SPEC,
    (event) => void events.push(event),
    async () => ({ ...told, kill: () => told.end(end) }),
  );
  await service.stop();
  const stopped = { type: 'stopped', service: 'tracker', pid: 1 };
  expect(events.at(-1)).toEqual(reason === undefined ? stopped : { ...stopped, reason });
});
