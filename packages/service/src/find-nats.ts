import { type Config, createNodeDisk, findEndpoint } from '@fleetbook/operations';

const LOCAL_SERVER = 'nats://127.0.0.1:4222';

/** Where NATS is, and what can be asked about it. */
export interface NatsPlace {
  readonly servers: readonly string[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly monitoringUrl: string | undefined;
}

/** The configured servers; without any, those of the nearest endpoint file; without one, a server on this machine. */
export async function findNats(config: Config, directory: string): Promise<NatsPlace> {
  const found = config.natsUrl === undefined ? await findEndpoint(createNodeDisk(), directory) : undefined;
  const endpoint = found?.ok === true ? found.value?.endpoint : undefined;
  return {
    servers: config.natsUrl ?? [endpoint?.natsUrl ?? LOCAL_SERVER],
    user: config.natsUser ?? endpoint?.user,
    password: config.natsPassword ?? endpoint?.password,
    monitoringUrl: config.natsMonitoringUrl ?? endpoint?.monitoringUrl,
  };
}
