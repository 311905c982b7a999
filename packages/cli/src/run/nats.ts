import { setTimeout as delay } from 'node:timers/promises';
import type { FleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type RunningServer, resolveNatsServer, startNatsServer } from '@fleetbook/messaging';
import type { Failure } from '../call.ts';
import type { ServiceEvent } from './supervisor.ts';
import { watchStore } from './watch-store.ts';

export interface NatsOptions {
  readonly directory: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** FLEETBOOK_NATS_SERVER. */
  readonly binary: string | undefined;
  readonly onEvent: (event: ServiceEvent) => void;
}

/** A nats-server that is started again, on the same ports and store, whenever it ends by itself. */
export interface SupervisedNats {
  /** The one that runs now, or ran last. */
  readonly server: RunningServer;
  stop(): Promise<void>;
}

const SERVICE = 'nats-server';
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

export async function superviseNats(options: NatsOptions): Promise<Result<SupervisedNats, Failure>> {
  const binary = await resolveNatsServer({ configured: options.binary });
  if (!binary.ok) {
    return fail(withSteps(binary.error));
  }
  const start: Start = (settings) =>
    startNatsServer({ binary: binary.value.path, dataDirectory: options.directory, ...settings });
  const first = await start(options.port === 0 ? {} : { port: options.port });
  return first.ok ? succeed(keepRunning(first.value, start, options)) : fail(first.error);
}

type Start = (
  settings: Partial<Pick<RunningServer, 'port' | 'monitoringPort' | 'access'>>,
) => ReturnType<typeof startNatsServer>;

function keepRunning(first: RunningServer, start: Start, { directory, onEvent }: NatsOptions): SupervisedNats {
  const stopping = new AbortController();
  let server = first;

  let restart = Promise.resolve();

  async function startAgain(): Promise<void> {
    for (let waitMs = FIRST_DELAY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_DELAY_MS)) {
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) {
        return;
      }
      // Services go on to ask where they asked before.
      const { port, monitoringPort, access } = server;
      const again = await start({ port, monitoringPort, access });
      if (again.ok) {
        server = again.value;
        announce(server, onEvent);
        return;
      }
      onEvent({ type: 'waiting', service: SERVICE, pid: 0, reason: `it cannot be started: ${again.error.message}` });
    }
  }

  async function restartWhenItEnds(): Promise<void> {
    for (;;) {
      await server.exited;
      if (stopping.signal.aborted) {
        return;
      }
      onEvent({
        type: 'ended',
        service: SERVICE,
        pid: server.pid,
        reason: `see ${server.logFile}`,
        isRestarted: true,
      });
      restart = startAgain();
      await restart;
    }
  }

  announce(server, onEvent);
  void restartWhenItEnds();
  const watching = watchStore({
    directory,
    server: () => server,
    signal: stopping.signal,
    onFault: (pid, fault) => {
      const reason = `it stores nothing any more and is started again once the disk has room: ${fault}`;
      onEvent({ type: 'waiting', service: SERVICE, pid, reason });
    },
  });
  return {
    get server() {
      return server;
    },
    async stop() {
      stopping.abort();
      await watching;
      await restart;
      await server.stop();
      onEvent({ type: 'stopped', service: SERVICE, pid: server.pid });
    },
  };
}

function announce({ pid, port }: RunningServer, onEvent: NatsOptions['onEvent']): void {
  onEvent({ type: 'started', service: SERVICE, pid, natsPort: port });
  onEvent({ type: 'ready', service: SERVICE, pid });
}

function withSteps(error: FleetbookError): Failure {
  const { ways, tried } = error.details;
  if (!Array.isArray(ways) || !Array.isArray(tried)) {
    return error;
  }
  const places = tried.map((place) => `  ${place}`);
  return {
    ...error,
    next: ['Looked at:', ...places, 'There are three ways to get one:', ...ways.map((way) => `- ${way}`)],
  };
}
