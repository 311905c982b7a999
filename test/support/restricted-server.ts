import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectFleetbook, type Fleetbook } from '@fleetbook/client';
import { type Bus, type BusStatus, connectBus, freePort, resolveNatsServer } from '@fleetbook/messaging';
import { QUICK_RETRIES, TEST_CLIENT } from './fleet.ts';
import { processEnvironment } from './process-environment.ts';
import { PROGRAMS } from './programs.ts';
import { type ServiceUnderTest, spawnService } from './service-under-test.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** May do everything: added to the configuration for the test's own eyes. */
export const ANYTHING = 'anything';

/** A nats-server with the configuration that `nats-config` prints, and a tracker and a projector on it. */
export interface RestrictedServer {
  /** Bus and SDK of a user, with the inbox prefix that its permissions demand. */
  connect(user: string, onStatus?: (status: BusStatus) => void): Promise<Bus>;
  open(user: string): Promise<Fleetbook>;
  /** What `fleetbook` prints when the user types this line. Throws when it exits with another code than 0. */
  type(user: string, ...line: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

type Closing = () => Promise<unknown>;

/** `actors` are flags and ids for `nats-config`. */
export async function startRestrictedServer(cell: string, actors: readonly string[]): Promise<RestrictedServer> {
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-restricted-'));
  const [port, monitoringPort] = [await freePort(), await freePort()];
  const ports = ['--port', String(port), '--monitoring-port', String(monitoringPort)];
  const line = ['nats-config', '--cell', cell, '--store', join(directory, 'store'), ...ports, ...actors];
  const printed = execFileSync(process.execPath, [PROGRAMS.fleetbook, ...line], { encoding: 'utf8', cwd: directory });
  const free = `{ user: "${ANYTHING}", password: "${passwordOf(ANYTHING)}" }`;
  const text = printed.replace('users: [\n', `users: [\n    ${free}\n`);
  const file = join(directory, 'nats.conf');
  await writeFile(file, text);

  const closing: Closing[] = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  closing.push(await startServer(file, passwordsFor(text)));
  const server = `nats://127.0.0.1:${port}`;
  const access = (user: string) => ({
    ...{ servers: [server], user, password: passwordOf(user) },
    ...(user === ANYTHING ? {} : { inboxPrefix: `_INBOX.${user}` }),
  });
  const connect: RestrictedServer['connect'] = async (user, onStatus = () => undefined) => {
    const bus = await connectBus({ ...access(user), name: 'e2e', onStatus });
    closing.push(() => bus.close());
    return bus;
  };
  await until('a server that takes connections', () => connect(ANYTHING).catch(() => undefined));
  const services = (['tracker', 'projector'] as const).map((name) =>
    spawnService(name, {
      FLEETBOOK_CELL: cell,
      FLEETBOOK_DATA: directory,
      FLEETBOOK_NATS_URL: server,
      FLEETBOOK_NATS_MONITORING_URL: `http://127.0.0.1:${monitoringPort}`,
      FLEETBOOK_NATS_USER: name,
      FLEETBOOK_NATS_PASSWORD: passwordOf(name),
    }),
  );
  closing.push(() => Promise.all(services.map((service: ServiceUnderTest) => service.stop())));
  return {
    connect,
    async type(user, ...line) {
      const environment = {
        FLEETBOOK_NATS_URL: server,
        FLEETBOOK_NATS_USER: user,
        FLEETBOOK_NATS_PASSWORD: passwordOf(user),
      };
      const env = { ...processEnvironment(), ...environment, FLEETBOOK_CELL: cell, HOME: directory };
      const { stdout } = await run(process.execPath, [PROGRAMS.fleetbook, ...line], { cwd: directory, env });
      return stdout;
    },
    async open(user) {
      const fleetbook = await connectFleetbook({ ...access(user), cell, client: TEST_CLIENT, ...QUICK_RETRIES });
      closing.push(() => fleetbook.close());
      return fleetbook;
    },
    async stop() {
      for (let close = closing.pop(); close !== undefined; close = closing.pop()) {
        await close();
      }
    },
  };
}

function passwordOf(user: string): string {
  return `secret of ${user}`;
}

/** As the comments of the configuration say: one variable for each user, its value in double quotes. */
function passwordsFor(text: string): Record<string, string> {
  const users = text.matchAll(/user: "([^"]+)"\n\s+password: \$(\S+)/g);
  return Object.fromEntries([...users].map(([, user = '', variable = '']) => [variable, `"${passwordOf(user)}"`]));
}

async function startServer(file: string, passwords: Readonly<Record<string, string>>): Promise<Closing> {
  const binary = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (!binary.ok) {
    throw new Error(binary.error.message);
  }
  const env = { ...processEnvironment(), ...passwords };
  const child = spawn(binary.value.path, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_096);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (child.pid === undefined) {
    throw new Error(`nats-server does not start: ${said}`);
  }
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
