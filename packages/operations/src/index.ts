export { createLogger, LOG_LEVELS, type LogFacts, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { type Clock, systemClock } from './ports/clock.ts';
export type { Disk, DiskError, DiskErrorCode, WriteOptions } from './ports/disk.ts';
export { type Ids, randomIds } from './ports/ids.ts';
export { createNodeDisk } from './ports/node-disk.ts';
