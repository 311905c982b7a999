import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '../bus/bus.ts';
import { type ConnectOptions, connectBus } from '../bus/connect.ts';
import { resolveNatsServer } from '../nats-server/resolve.ts';
import { type RunningServer, type StartServerOptions, startNatsServer } from '../nats-server/start.ts';

/** A real nats-server of a test's own, on a free port, with its store in a directory that goes when the test ends. */
export interface TestServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly monitoringUrl: string;
  readonly pid: number;
  readonly dataDirectory: string;
  /** A connection that is closed when the test ends. */
  connect(options?: Partial<ConnectOptions>): Promise<Bus>;
  /** SIGKILL: nothing is written out first. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and store. */
  restart(): Promise<void>;
}

/** `dataDirectory` stays the caller's; by default the server has one that goes when the test ends. */
type ServerOptions = Pick<StartServerOptions, 'limits' | 'port'> &
  Partial<Pick<StartServerOptions, 'binary' | 'dataDirectory'>>;

/** Runs `work` with a server and stops everything after it, also when it throws. */
export async function withNatsServer<Value>(
  work: (server: TestServer) => Promise<Value>,
  options: ServerOptions = {},
): Promise<Value> {
  const { server, stop } = await startTestServer(options);
  try {
    return await work(server);
  } finally {
    await stop();
  }
}

/** For one server over several tests: call `stop` in `afterAll`. */
export async function startTestServer(
  options: ServerOptions = {},
): Promise<{ readonly server: TestServer; readonly stop: () => Promise<void> }> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'fleetbook-nats-')));
  const busses: Bus[] = [];
  let running = await start(dataDirectory, options);
  const { port, access } = running;
  const { user, password } = 'user' in access ? access : { user: '', password: '' };
  const server: TestServer = {
    url: running.url,
    user,
    password,
    dataDirectory,
    get monitoringUrl() {
      return running.monitoringUrl;
    },
    get pid() {
      return running.pid;
    },
    connect: async (connectOptions = {}) => {
      const bus = await connectBus({ servers: [running.url], name: 'test', user, password, ...connectOptions });
      busses.push(bus);
      return bus;
    },
    kill: async () => {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    restart: async () => {
      running = await start(dataDirectory, { ...options, port }, access);
    },
  };
  const stop = async (): Promise<void> => {
    await Promise.all(busses.map((bus) => bus.close(1_000)));
    await running.stop();
    if (options.dataDirectory === undefined) {
      await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  return { server, stop };
}

async function start(
  dataDirectory: string,
  options: ServerOptions,
  access?: RunningServer['access'],
): Promise<RunningServer> {
  const started = await startNatsServer({
    ...options,
    binary: options.binary ?? (await serverBinary()),
    dataDirectory,
    ...(access === undefined ? {} : { access }),
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  return started.value;
}

async function serverBinary(): Promise<string> {
  const binary = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (!binary.ok) {
    throw new Error(`${binary.error.message} ${JSON.stringify(binary.error.details)}`);
  }
  return binary.value.path;
}
