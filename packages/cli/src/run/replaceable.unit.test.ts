import { setImmediate as oneTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { superviseReplaceable } from './replaceable.ts';
import type { ProcessEnd } from './service-process.ts';
import type { SupervisedService } from './supervisor.ts';

interface Fake extends SupervisedService {
  readonly isStopped: boolean;
  becomeReady(): void;
  end(): void;
}

function fakeService(pid: number): Fake {
  const ready = Promise.withResolvers<number>();
  const givenUp = Promise.withResolvers<ProcessEnd>();
  let isStopped = false;
  return {
    ...{ pid, name: 'projector', httpPort: pid, logFile: 'nowhere' },
    whenReady: () => ready.promise,
    isReady: async () => true,
    kill: () => undefined,
    givenUp: givenUp.promise,
    get isStopped() {
      return isStopped;
    },
    async stop() {
      isStopped = true;
    },
    becomeReady: () => ready.resolve(pid),
    end: () => givenUp.resolve({ code: 2, signal: undefined }),
  };
}

/** One that runs, and what is to take its place; `askForReplacement` is what the process that runs can do. */
async function running() {
  const [old, young] = [fakeService(1), fakeService(2)];
  const begun: boolean[] = [];
  const services = [old, young];
  let askForReplacement = (): void => undefined;
  let changes = Promise.withResolvers<void>();
  const service = await superviseReplaceable({
    async start(isAnew, onReplace) {
      begun.push(isAnew);
      askForReplacement = isAnew ? askForReplacement : onReplace;
      const next = services.shift();
      if (next === undefined) {
        throw new Error('one too many');
      }
      return next;
    },
    onChange() {
      changes.resolve();
      changes = Promise.withResolvers();
    },
  });
  return { old, young, begun, service, replace: () => askForReplacement(), changed: () => changes.promise };
}

it('stops the old process only when the new one, which begins anew, is ready', async () => {
  const { old, young, begun, service, replace, changed } = await running();
  const started = changed();
  replace();
  await started;
  await oneTurn();
  expect(service).toMatchObject({ pid: 1, successor: { pid: 2 } });
  expect(old.isStopped).toBe(false);
  const replaced = changed();
  young.becomeReady();
  await replaced;
  expect(service.pid).toBe(2);
  expect(service.successor).toBeUndefined();
  expect([old.isStopped, young.isStopped]).toEqual([true, false]);
  expect(begun).toEqual([false, true]);
});

it('keeps the old process when the new one is given up', async () => {
  const { old, young, service, replace, changed } = await running();
  const started = changed();
  replace();
  await started;
  const ended = changed();
  young.end();
  await ended;
  expect(service.pid).toBe(1);
  expect([old.isStopped, young.isStopped]).toEqual([false, true]);
});

it('stops both when it is stopped on the way', async () => {
  const { old, young, service, replace, changed } = await running();
  const started = changed();
  replace();
  await started;
  await service.stop();
  expect([old.isStopped, young.isStopped]).toEqual([true, true]);
});

it('replaces one process at a time, however often it is asked', async () => {
  const { begun, replace, changed } = await running();
  const started = changed();
  replace();
  replace();
  await started;
  replace();
  expect(begun).toEqual([false, true]);
});
