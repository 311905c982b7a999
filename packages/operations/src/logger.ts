import { type DestinationStream, destination, type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import { type Clock, systemClock } from './ports/clock.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The fields a line may carry. Times are epoch milliseconds, durations milliseconds. */
export interface LogFacts {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly messageId?: string;
  readonly commandId?: string;
  readonly cell?: string;
  readonly epoch?: number;
  readonly number?: number;
  readonly projection?: string;
  readonly nodeId?: string;
  /** A compute instance; the process calls itself `serviceInstanceId`. */
  readonly instanceId?: string;
  readonly errCode?: string;
  readonly err?: unknown;
  readonly durationMs?: number;
  readonly [field: string]: unknown;
}

/** One JSON line per call. `message` is a constant text; what varies goes into `facts`. */
export interface Logger {
  trace(message: string, facts?: LogFacts): void;
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  /** A human must look. */
  error(message: string, facts?: LogFacts): void;
  /** The process ends because of this. */
  fatal(message: string, facts?: LogFacts): void;
  /** A logger whose every line also carries `facts`. */
  child(facts: LogFacts): Logger;
  /** Writes out what is buffered before it returns. */
  flush(): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  /** Tells two processes of one service apart. */
  readonly serviceInstanceId: string;
  readonly level: LogLevel;
  /** Services log to `stdout`; the command line logs to `stderr`, where it does not mix with its answers. */
  readonly output: 'stdout' | 'stderr' | DestinationStream;
  readonly clock?: Clock;
}

const SECRETS = ['password', 'natsPassword', 'pass', 'secret', 'seed', 'authorization', 'connectionString'];

/** Paths whose values never reach a log, at the top of a line and one level below. */
const redactedPaths = SECRETS.flatMap((name) => [name, `*.${name}`]);

export function createLogger(options: LoggerOptions): Logger {
  const clock = options.clock ?? systemClock;
  const output = openOutput(options.output);
  const root = pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version, serviceInstanceId: options.serviceInstanceId },
      timestamp: () => `,"time":${clock.now()}`,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.errWithCause },
      redact: { paths: redactedPaths, censor: '[redacted]' },
    },
    output.stream,
  );
  return wrap(root, output.flush);
}

interface Output {
  readonly stream: DestinationStream;
  readonly flush: () => void;
}

function openOutput(output: LoggerOptions['output']): Output {
  if (typeof output === 'object') {
    return { stream: output, flush: () => undefined };
  }
  // Written at once: a line that is still in flight when the process ends would be lost, or come after later ones.
  const stream = destination({ fd: output === 'stdout' ? 1 : 2, sync: true });
  return { stream, flush: () => stream.flushSync() };
}

function wrap(logger: PinoLogger, flush: () => void): Logger {
  return {
    trace: (message, facts) => logger.trace(facts, message),
    debug: (message, facts) => logger.debug(facts, message),
    info: (message, facts) => logger.info(facts, message),
    warn: (message, facts) => logger.warn(facts, message),
    error: (message, facts) => logger.error(facts, message),
    fatal: (message, facts) => logger.fatal(facts, message),
    child: (facts) => wrap(logger.child(facts), flush),
    flush,
  };
}
