import { type Bus, type BusStatus, connectBus } from '@fleetbook/messaging';
import { type Config, type Disk, findEndpoint, type Logger, type Metrics } from '@fleetbook/operations';

const LOCAL_SERVER = 'nats://127.0.0.1:4222';

export interface NatsPlace {
  readonly servers: readonly string[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly monitoringUrl: string | undefined;
}

/** The configured servers; without any, those of the nearest endpoint file; without one, a server on this machine. */
export async function findNats(config: Config, disk: Disk, directory: string): Promise<NatsPlace> {
  const found = config.natsUrl === undefined ? await findEndpoint(disk, directory) : undefined;
  const endpoint = found?.ok === true ? found.value?.endpoint : undefined;
  return {
    servers: config.natsUrl ?? [endpoint?.natsUrl ?? LOCAL_SERVER],
    user: config.natsUser ?? endpoint?.user,
    password: config.natsPassword ?? endpoint?.password,
    monitoringUrl: config.natsMonitoringUrl ?? endpoint?.monitoringUrl,
  };
}

export interface ConnectionWatch {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Gives up waiting for a server. */
  readonly signal: AbortSignal;
}

/** Connects once a server answers. Throws ConnectError. */
export async function connect(config: Config, place: NatsPlace, watch: ConnectionWatch): Promise<Bus> {
  const { logger, metrics, signal } = watch;
  const connected = metrics.gauge('fleetbook_nats_connected');

  function onStatus(status: BusStatus): void {
    const isConnected = status.type === 'connected';
    if (isConnected) {
      metrics.counter('fleetbook_nats_reconnects_total').add();
    }
    if (status.type !== 'refused') {
      connected.set(isConnected ? 1 : 0);
    }
    logger[isConnected ? 'info' : 'warn']('nats connection changed', { status: status.type });
  }

  connected.set(0);
  const bus = await connectBus({
    servers: place.servers,
    user: place.user,
    password: place.password,
    name: `fleetbook-projector-${config.cell}`,
    credentials: config.natsCredentials,
    nkey: config.natsNkey,
    tls: { ca: config.natsTlsCa, cert: config.natsTlsCert, key: config.natsTlsKey },
    waitOnFirstConnect: true,
    signal,
    onStatus,
    onHandlerFailure({ subject, error }) {
      metrics.counter('fleetbook_handler_failures_total').add();
      logger.error('message handler threw', { subject, err: error });
    },
  });
  connected.set(1);
  return bus;
}
