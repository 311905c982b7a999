import { createLogger, type Logger, type LogLevel } from '../logger.ts';

export interface MemoryLogger extends Logger {
  /** Every line written so far, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** The real logger, writing into a list. */
export function memoryLogger(level: LogLevel = 'trace'): MemoryLogger {
  const lines: Record<string, unknown>[] = [];
  const output = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'test', version: '0.0.0', serviceInstanceId: 'test', level, output });
  return { ...logger, lines };
}
