/**
 * NATS for Fleetbook: one connection used through plain callbacks (`connectBus`), and a nats-server started beside the
 * services (`resolveNatsServer`, `startNatsServer`). Tests of any package get a real server of their own from
 * `@fleetbook/messaging/testing`: `withNatsServer`.
 */
export type {
  Bus,
  BusStatus,
  HandlerFailure,
  MessageHandler,
  Payload,
  Reply,
  Respond,
  SubscribeOptions,
  Subscription,
} from './bus/bus.ts';
export { type ConnectOptions, connectBus } from './bus/connect.ts';
export { ConnectError, type ConnectErrorCode } from './bus/connection.ts';
export type { EndpointOptions, Service, ServiceDescription } from './bus/service.ts';
export { InvalidSubjectError, isInbox } from './bus/subject.ts';
export type { ServerAccess, ServerLimits } from './nats-server/configuration.ts';
export { freePort } from './nats-server/free-port.ts';
export { killAtExit } from './nats-server/kill-at-exit.ts';
export { syncModeAt, writeFaultAt } from './nats-server/monitoring.ts';
export {
  type ResolvedServer,
  type ResolveOptions,
  resolveNatsServer,
  type ServerBinary,
  type ServerSource,
} from './nats-server/resolve.ts';
export { isSameFile } from './nats-server/same-file.ts';
export {
  type RunningServer,
  type StartedServer,
  type StartServerOptions,
  startNatsServer,
} from './nats-server/start.ts';
