import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { serverBinary } from './nats-server.ts';

/** Real nats-servers that keep streams together, for tests. */
export interface TestCluster {
  readonly names: readonly string[];
  /** `127.0.0.1:<port>` of each. */
  readonly servers: readonly string[];
  storeOf(name: string): string;
  /** To any of them; reconnects for ever. Closed by `dispose`. */
  connect(): Promise<NatsConnection>;
  /** Process number of one that runs. */
  pidOf(name: string): number;
  /** Resolves when the process is gone; by default it shuts down cleanly. */
  stop(name: string, signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Same store, same ports. Only after `stop`. */
  start(name: string): void;
  dispose(): Promise<void>;
}

const NAMES: readonly string[] = ['one', 'two', 'three'];

/** With their stores in `given`, which stays the caller's; by default in a directory that goes with the cluster. */
export async function startTestCluster(given?: string): Promise<TestCluster> {
  const directory = given ?? mkdtempSync(join(tmpdir(), 'fleetbook-cluster-'));
  const ports = await freePorts(2 * NAMES.length);
  const portsOf = (index: number) => ({ client: ports[2 * index] ?? 0, route: ports[2 * index + 1] ?? 0 });
  const servers = NAMES.map((_name, index) => `127.0.0.1:${portsOf(index).client}`);
  const routes = NAMES.map((_name, index) => `"nats://127.0.0.1:${portsOf(index).route}"`).join(', ');
  const connections: NatsConnection[] = [];
  const running = new Map<string, ChildProcess>();

  function start(name: string): void {
    const { client, route } = portsOf(NAMES.indexOf(name));
    const config = join(directory, `${name}.conf`);
    writeFileSync(
      config,
      `server_name: ${name}\nlisten: "127.0.0.1:${client}"\nping_interval: "1s"\nping_max: 2\n` +
        `jetstream { store_dir: "${join(directory, name)}", sync_interval: always }\n` +
        `cluster { name: test, listen: "127.0.0.1:${route}", routes: [${routes}] }\n`,
    );
    running.set(name, spawn(serverBinary(), ['-c', config], { stdio: 'ignore' }));
  }

  async function stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = running.get(name);
    running.delete(name);
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await gone;
    }
  }

  for (const name of NAMES) {
    start(name);
  }
  return {
    ...{ names: NAMES, servers },
    pidOf: (name) => running.get(name)?.pid ?? 0,
    storeOf: (name) => join(directory, name),
    async connect() {
      const connection = await connect({
        servers: [...servers],
        maxReconnectAttempts: -1,
        reconnectTimeWait: 50,
        waitOnFirstConnect: true,
      });
      connections.push(connection);
      return connection;
    },
    stop,
    start,
    async dispose() {
      await Promise.all(connections.map((connection) => connection.close()));
      await Promise.all(NAMES.map((name) => stop(name, 'SIGKILL')));
      if (given === undefined) {
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
}
