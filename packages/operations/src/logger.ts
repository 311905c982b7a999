import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import { DescriptorOutput, LossyOutput } from './log-output.ts';
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

/**
 * One JSON line per call. `message` is a constant text; what varies goes into `facts`. A line that cannot be written is
 * dropped, and never throws: the next that can be is followed by one that says how many are missing.
 */
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
  const output = new LossyOutput(openOutput(options.output), (lost, reason) =>
    root.warn({ lost, err: reason }, 'log lines could not be written'),
  );
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
    output,
  );
  return wrap(root);
}

function openOutput(output: LoggerOptions['output']): DestinationStream {
  if (typeof output === 'object') {
    return output;
  }
  return new DescriptorOutput(output === 'stdout' ? 1 : 2);
}

function wrap(logger: PinoLogger): Logger {
  return {
    trace: (message, facts) => logger.trace(facts, message),
    debug: (message, facts) => logger.debug(facts, message),
    info: (message, facts) => logger.info(facts, message),
    warn: (message, facts) => logger.warn(facts, message),
    error: (message, facts) => logger.error(facts, message),
    fatal: (message, facts) => logger.fatal(facts, message),
    child: (facts) => wrap(logger.child(facts)),
  };
}
