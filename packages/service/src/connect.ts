import { type Bus, type BusStatus, connectBus } from '@fleetbook/messaging';
import { giveNotice } from '@fleetbook/operations';
import type { NatsPlace } from './find-nats.ts';
import type { Program } from './program.ts';
import type { ReadingPlace } from './start-reading-thread.ts';

/** Where to connect, and as whom. */
export function credentialsOf({ name, config }: Program, place: NatsPlace): ReadingPlace['nats'] {
  return {
    servers: place.servers,
    user: place.user,
    password: place.password,
    name: `fleetbook-${name}-${config.cell}`,
    credentials: config.natsCredentials,
    nkey: config.natsNkey,
    tls: { ca: config.natsTlsCa, cert: config.natsTlsCert, key: config.natsTlsKey },
  };
}

/** Connects once a server answers. Throws ConnectError, ABORTED when `signal` comes first. */
export async function connect(
  program: Program,
  place: NatsPlace,
  { signal, noEcho }: { readonly signal: AbortSignal; readonly noEcho: boolean },
): Promise<Bus> {
  const { logger, metrics } = program;
  const connected = metrics.gauge('fleetbook_nats_connected');
  // Here, not where they are counted: they are shown as 0 before.
  const reconnects = metrics.counter('fleetbook_nats_reconnects_total');
  const handlerFailures = metrics.counter('fleetbook_handler_failures_total');

  function onStatus(status: BusStatus): void {
    const isConnected = status.type === 'connected';
    if (isConnected) {
      reconnects.add();
    }
    if (status.type !== 'refused') {
      connected.set(isConnected ? 1 : 0);
    }
    logger[isConnected ? 'info' : 'warn']('nats connection changed', { status: status.type });
  }

  connected.set(0);
  const bus = await connectBus({
    ...credentialsOf(program, place),
    noEcho,
    waitOnFirstConnect: true,
    onWaiting(reason) {
      logger.warn('waiting for NATS', { reason });
      giveNotice({ type: 'waiting', reason });
    },
    signal,
    onStatus,
    onHandlerFailure({ subject, error }) {
      handlerFailures.add();
      logger.error('message handler threw', { subject, errCode: 'INTERNAL_ERROR', err: error });
    },
  });
  connected.set(1);
  return bus;
}
