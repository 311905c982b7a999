export { configurationReference, type ShownSetting, showConfig } from './config/describe.ts';
export { type ConfigError, type ConfigProblem, parseConfig } from './config/parse.ts';
export type { Config, LogChoice } from './config/schema.ts';
export { placeOf } from './data-directory/directory-place.ts';
export {
  DATA_DIRECTORY,
  type Endpoint,
  type EndpointError,
  type FoundEndpoint,
  findEndpoint,
  isCopy,
  readEndpoint,
  removeEndpoint,
  writeEndpoint,
} from './data-directory/endpoint.ts';
export { type DirectoryLock, directoryFault, lockDirectory } from './data-directory/lock.ts';
export { makeDirectory } from './data-directory/make-directory.ts';
export { identityOf, isRunning, type ProcessIdentity } from './data-directory/process-identity.ts';
export { replicaDirectories, stateDirectories } from './data-directory/replica-directories.ts';
export { worstOf } from './health.ts';
export { type MarkKeeper, type MarkKeeperOptions, openMarkKeeper } from './high-water-mark/mark-keeper.ts';
export { answerMark, type MarkQueryOptions, readMark, readMarkReply } from './high-water-mark/mark-query.ts';
export {
  type HttpServer,
  type HttpServerOptions,
  type Readiness,
  startHttpServer,
} from './http-server.ts';
export {
  runService,
  type ServiceHost,
  type ServiceOptions,
  type ServiceScope,
} from './lifecycle.ts';
export { createLogger, LOG_LEVELS, type LogFacts, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { type LoopWatch, watchLoop } from './loop-watch.ts';
export { collectProcessMetrics } from './metrics/process-metrics.ts';
export { type Counter, createMetrics, type Gauge, type Histogram, type Metrics } from './metrics/registry.ts';
export { METRICS, type MetricName, metricsReference } from './metrics/table.ts';
export { PROJECTOR_NODE_FLAGS } from './node-flags.ts';
export { giveNotice, type Notice, readNotice } from './notice.ts';
export { type Clock, systemClock } from './ports/clock.ts';
export type { Disk, DiskError, DiskErrorCode, FileContents, WriteOptions } from './ports/disk.ts';
export { type AskDiskSpace, askDiskSpace, type Space } from './ports/disk-space.ts';
export { type FilePart, type FileParts, filePartsOf, nodeFileParts } from './ports/file-parts.ts';
export type { FileSystem, OpenFile } from './ports/file-system.ts';
export { type Ids, randomIds } from './ports/ids.ts';
export { Nap } from './ports/nap.ts';
export { createNodeDisk } from './ports/node-disk.ts';
export { type Slices, type StartSlices, slicesOn } from './ports/slices.ts';
export { rest, systemTimers, type Timers, yieldToMessages } from './ports/timers.ts';
export { createRefusalLog, type RefusalLog } from './refusal-log.ts';
