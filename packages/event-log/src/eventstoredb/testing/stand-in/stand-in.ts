import grpcFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';
import { type AppendFault, batchAppendHandler } from './append-service.ts';
import { readHandler } from './read-service.ts';
import { createStreams, type Streams } from './streams.ts';

/**
 * Answers the calls our adapter makes as we understand the protocol and as a real server was seen to answer them.
 * It proves the adapter against that reading, not against the product; and it keeps nothing when it stops.
 */
export interface StandIn {
  readonly port: number;
  readonly streams: Streams;
  /** Of the next append only. */
  failNextAppend(fault: AppendFault): void;
  stop(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
  const streams = createStreams();
  let nextFault: AppendFault | undefined;

  function takeFault(): AppendFault | undefined {
    const fault = nextFault;
    nextFault = undefined;
    return fault;
  }

  server.addService(grpcStreams.StreamsService, {
    read: readHandler(streams),
    batchAppend: batchAppendHandler(streams, takeFault),
    append: unimplemented,
    delete: unimplemented,
    tombstone: unimplemented,
  });
  server.addService(grpcFeatures.ServerFeaturesService, { getSupportedMethods });
  const bound = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) {
      bound.resolve(port);
    } else {
      bound.reject(error);
    }
  });
  return {
    port: await bound.promise,
    streams,
    failNextAppend(fault) {
      nextFault = fault;
    },
    async stop() {
      server.forceShutdown();
    },
  };
}

/** The client appends in batches only to a server that says it can. */
function getSupportedMethods(_: unknown, respond: sendUnaryData<InstanceType<typeof features.SupportedMethods>>): void {
  const method = new features.SupportedMethod();
  method.setServiceName('event_store.client.streams.streams');
  method.setMethodName('batchappend');
  const supported = new features.SupportedMethods();
  supported.setEventStoreServerVersion('0.0.0.0');
  supported.addMethods(method);
  respond(null, supported);
}

function unimplemented(_: unknown, respond: sendUnaryData<never>): void {
  respond({ code: status.UNIMPLEMENTED, details: 'the stand-in does not do this' });
}
