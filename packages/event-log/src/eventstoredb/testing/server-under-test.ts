import { request } from 'node:http';
import { startStandIn } from './stand-in/stand-in.ts';

/** The EventStoreDB that the contract is held against. */
export interface ServerUnderTest {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Why it is not a real server. */
  readonly whyNotReal?: string;
  stop(): Promise<void>;
}

const IMAGE = 'eventstore/eventstore:24.10.0-bookworm-slim';
const DOCKER_PING_TIMEOUT_MS = 1_500;
const GRPC_PORT = 2113;

/** FLEETBOOK_TEST_EVENTSTORE_URL if it is set; else a container, if Docker answers; else the stand-in. */
export async function startServerUnderTest(): Promise<ServerUnderTest> {
  const url = process.env['FLEETBOOK_TEST_EVENTSTORE_URL'];
  if (url !== undefined) {
    return externalServer(url);
  }
  const why = await whyNoDocker();
  return why === undefined ? startContainer() : standIn(`FLEETBOOK_TEST_EVENTSTORE_URL is not set, and ${why}`);
}

function externalServer(url: string): ServerUnderTest {
  const parts = /^esdb:\/\/(?<host>[^:@,/?]+):(?<port>\d+)\/?\?(?:.*&)?tls=false(?:&|$)/i.exec(url)?.groups;
  const { host, port } = parts ?? {};
  if (host === undefined || port === undefined) {
    throw new Error('FLEETBOOK_TEST_EVENTSTORE_URL must look like esdb://127.0.0.1:2113?tls=false');
  }
  return { name: 'EventStoreDB', host, port: Number(port), stop: async () => {} };
}

async function startContainer(): Promise<ServerUnderTest> {
  // It takes long to read, and most machines that run tests have no Docker.
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_TELEMETRY_OPTOUT: 'true' })
    .withExposedPorts(GRPC_PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', GRPC_PORT).forStatusCode(204))
    .start();
  return {
    name: `EventStoreDB (${IMAGE})`,
    host: container.getHost(),
    port: container.getMappedPort(GRPC_PORT),
    stop: async () => {
      await container.stop();
    },
  };
}

async function standIn(whyNotReal: string): Promise<ServerUnderTest> {
  const server = await startStandIn();
  return { name: 'stand-in for EventStoreDB', host: '127.0.0.1', port: server.port, whyNotReal, stop: server.stop };
}

async function whyNoDocker(): Promise<string | undefined> {
  const address = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const target = address.startsWith('unix://') ? { socketPath: address.slice(7) } : hostAndPort(address);
  const ping = request({ ...target, path: '/_ping', timeout: DOCKER_PING_TIMEOUT_MS }, (response) => {
    response.resume();
    resolve(response.statusCode === 200 ? undefined : `Docker answers ${response.statusCode} at ${address}`);
  });
  ping.on('timeout', () => ping.destroy(new Error('time-out')));
  ping.on('error', (error) => resolve(`no Docker engine answers at ${address} (${error.message})`));
  ping.end();
  return promise;
}

function hostAndPort(address: string): { readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port };
}
