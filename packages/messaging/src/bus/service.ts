import type { Bus, MessageHandler, Respond, SubscribeOptions, Subscription } from './bus.ts';

type Facts = Readonly<Record<string, unknown>>;

export interface ServiceDescription {
  /** `[A-Za-z0-9_-]+` */
  readonly name: string;
  /** Tells this process from others of the same service: `[A-Za-z0-9_-]+` */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  readonly description: string;
  /** Texts that do not change while the process runs, the contract's version among them. */
  readonly metadata: Readonly<Record<string, string>> & { readonly contractVersion: string };
  /** State and health, read whenever statistics are asked for. */
  readonly data: () => Facts;
}

export interface EndpointOptions extends SubscribeOptions {
  readonly name: string;
  readonly subject: string;
}

export interface Service {
  /** Subscribes, counts and lists an endpoint until its subscription is stopped. */
  addEndpoint(options: EndpointOptions, handler: MessageHandler): Subscription;
  /** Leaves the discovery and stops every endpoint. */
  stop(): Promise<void>;
}

interface Endpoint {
  readonly options: EndpointOptions;
  readonly subscription: Subscription;
  readonly statistics: Statistics;
}

const NANOSECONDS = 1e6;
const TYPE = 'io.nats.micro.v1';

/**
 * The service protocol of NATS (its decision record 32) on plain subscriptions. The client library's own version puts
 * every endpoint into a queue group, which commands must not be in.
 */
export function addService(bus: Pick<Bus, 'subscribe'>, options: ServiceDescription): Service {
  const endpoints = new Set<Endpoint>();
  const started = new Date().toISOString();
  const { name, id, version, metadata, description } = options;
  const identity = { name, id, version, metadata };
  const verbs: Readonly<Record<string, () => Facts>> = {
    PING: () => ({ type: `${TYPE}.ping_response`, ...identity }),
    INFO: () => ({ type: `${TYPE}.info_response`, ...identity, description, endpoints: [...endpoints].map(infoOf) }),
    STATS: () => {
      const data = options.data();
      const list = [...endpoints].map((endpoint) => ({ ...infoOf(endpoint), ...statisticsOf(endpoint), data }));
      return { type: `${TYPE}.stats_response`, ...identity, started, endpoints: list };
    },
  };
  const controls = Object.entries(verbs).flatMap(([verb, answer]) =>
    [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`].map((subject) =>
      bus.subscribe(subject, (_subject, _payload, respond) => respond(JSON.stringify(answer()))),
    ),
  );

  return {
    addEndpoint: (endpointOptions, handler) => {
      const endpoint = subscribeEndpoint(bus, endpointOptions, handler, () => endpoints.delete(endpoint));
      endpoints.add(endpoint);
      return endpoint.subscription;
    },
    stop: async () => {
      const all = [...controls, ...[...endpoints].map((endpoint) => endpoint.subscription)];
      await Promise.all(all.map((subscription) => subscription.stop()));
    },
  };
}

interface Statistics {
  requests: number;
  errors: number;
  lastError: string;
  processingMs: number;
}

function subscribeEndpoint(
  bus: Pick<Bus, 'subscribe'>,
  options: EndpointOptions,
  handler: MessageHandler,
  onStop: () => void,
): Endpoint {
  const statistics: Statistics = { requests: 0, errors: 0, lastError: '', processingMs: 0 };
  const subscription = bus.subscribe(options.subject, counted(statistics, handler), options);
  const stop = async (): Promise<void> => {
    onStop();
    await subscription.stop();
  };
  return { options, statistics, subscription: { subject: options.subject, stop } };
}

function counted(statistics: Statistics, handler: MessageHandler): MessageHandler {
  const countError = (error: unknown): void => {
    statistics.errors += 1;
    statistics.lastError = error instanceof Error ? error.message : String(error);
  };
  return (subject, payload, respond, headers) => {
    const startMs = performance.now();
    statistics.requests += 1;
    try {
      const timed: Respond = (answer) => {
        statistics.processingMs += performance.now() - startMs;
        respond(answer);
      };
      const handled = handler(subject, payload, timed, headers);
      return handled?.catch((error: unknown) => {
        countError(error);
        throw error;
      });
    } catch (error) {
      countError(error);
      throw error;
    }
  };
}

function infoOf({ options }: Endpoint): Facts {
  return { name: options.name, subject: options.subject, queue_group: options.queue ?? '' };
}

function statisticsOf({ statistics }: Endpoint): Facts {
  const { requests, errors, lastError, processingMs } = statistics;
  const nanoseconds = Math.round(processingMs * NANOSECONDS);
  return {
    num_requests: requests,
    num_errors: errors,
    last_error: lastError,
    processing_time: nanoseconds,
    average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
  };
}
