import type { ServerLimits } from '@fleetbook/messaging';
import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { NATS_SERVER } from './process-environment.ts';
import { type Place, type ServicesAt, startServicesAt } from './services-at.ts';

/** A nats-server, and services of any number of cells on it that a test starts and ends one by one. */
export interface ServicesOnServer extends ServicesAt {
  readonly server: TestServer;
}

export async function startServicesOnServer(limits: ServerLimits = {}): Promise<ServicesOnServer> {
  const { server, stop: stopServer } = await startTestServer({
    limits,
    ...(NATS_SERVER === undefined ? {} : { binary: NATS_SERVER }),
  });
  const services = await startServicesAt(placeOf(server));
  return {
    ...services,
    server,
    async stop() {
      await services.stop();
      await stopServer();
    },
  };
}

/** Services with the log on that server; where its monitoring is changes from start to start. */
export function placeOf(server: TestServer): Place {
  const { url, user, password } = server;
  const settings = () => ({ FLEETBOOK_NATS_MONITORING_URL: server.monitoringUrl });
  return { servers: [url], user, password, settings };
}
