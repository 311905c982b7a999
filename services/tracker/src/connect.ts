import { type Bus, type ConnectOptions, connectBus } from '@fleetbook/messaging';
import { type Config, createNodeDisk, findEndpoint, type Logger, type Metrics } from '@fleetbook/operations';

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';

/** Where NATS is, and what can be asked about it. */
export interface NatsAccess {
  readonly servers: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly monitoringUrl?: string | undefined;
}

/** The configured servers, else those of the nearest endpoint file, else one on this machine. */
export async function findNats(config: Config, directory: string): Promise<NatsAccess> {
  const { natsUrl, natsUser, natsPassword, natsMonitoringUrl } = config;
  if (natsUrl !== undefined) {
    return { servers: natsUrl, user: natsUser, password: natsPassword, monitoringUrl: natsMonitoringUrl };
  }
  const found = await findEndpoint(createNodeDisk(), directory);
  const endpoint = found.ok ? found.value?.endpoint : undefined;
  return {
    servers: [endpoint?.natsUrl ?? DEFAULT_SERVER],
    user: natsUser ?? endpoint?.user,
    password: natsPassword ?? endpoint?.password,
    monitoringUrl: natsMonitoringUrl ?? endpoint?.monitoringUrl,
  };
}

/** Connects as soon as a server answers. Throws ConnectError, ABORTED when `signal` comes first. */
export function connect(
  config: Config,
  access: NatsAccess,
  signal: AbortSignal,
  logger: Logger,
  metrics: Metrics,
): Promise<Bus> {
  const connected = metrics.gauge('fleetbook_nats_connected');
  const options: ConnectOptions = {
    servers: access.servers,
    name: `fleetbook-tracker-${config.cell}`,
    user: access.user,
    password: access.password,
    credentials: config.natsCredentials,
    nkey: config.natsNkey,
    tls: { ca: config.natsTlsCa, cert: config.natsTlsCert, key: config.natsTlsKey },
    waitOnFirstConnect: true,
    signal,
    onStatus: (status) => {
      connected.set(status.type === 'connected' ? 1 : 0);
      if (status.type === 'connected') {
        metrics.counter('fleetbook_nats_reconnects_total').add();
      }
      logger.info('nats connection changed', { status: status.type });
    },
    onHandlerFailure: ({ subject, error }) => {
      metrics.counter('fleetbook_handler_failures_total').add();
      logger.error('message handler threw', { subject, errCode: 'INTERNAL_ERROR', err: error });
    },
  };
  connected.set(0);
  return connectBus(options).then((bus) => {
    connected.set(1);
    return bus;
  });
}
