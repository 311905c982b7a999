import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StoredEvent, Streams } from './streams.ts';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

export function readHandler(streams: Streams) {
  return (call: ReadCall): void => {
    const options = call.request.getOptions();
    const streamOptions = options?.getStream();
    if (options === undefined || streamOptions === undefined) {
      call.destroy(new Error('the stand-in reads single streams only'));
      return;
    }
    const stream = Buffer.from(streamOptions.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
    call.on('error', () => {});
    if (options.hasSubscription()) {
      subscribe(call, streams, stream, streamOptions.hasStart() ? 0 : Number(streamOptions.getRevision()) + 1);
    } else {
      void read(call, streams.events(stream), stream, options, streamOptions);
    }
  };
}

async function read(
  call: ReadCall,
  events: readonly StoredEvent[],
  stream: string,
  options: ReadReq.Options,
  streamOptions: ReadReq.Options.StreamOptions,
): Promise<void> {
  if (events.length === 0) {
    call.write(notFound(streamOptions));
    call.end();
    return;
  }
  const count = Number(options.getCount());
  const isBackwards = options.getReadDirection() === streamMessages.ReadReq.Options.ReadDirection.BACKWARDS;
  const step = isBackwards ? -1 : 1;
  const last = events.length - 1;
  let revision = streamOptions.hasEnd() ? last : streamOptions.hasStart() ? 0 : Number(streamOptions.getRevision());
  for (let sent = 0; sent < count && revision >= 0 && revision <= last; sent += 1, revision += step) {
    const event = events[revision];
    if (call.cancelled || event === undefined) {
      return;
    }
    if (!call.write(recorded(event, revision, stream))) {
      await drained(call);
    }
  }
  call.end();
}

/** From `from` on: what is there, and what comes. A missing stream is neither an error nor caught up. */
function subscribe(call: ReadCall, streams: Streams, stream: string, from: number): void {
  let next = from;
  let isSending = false;

  async function send(): Promise<void> {
    if (isSending) {
      return;
    }
    isSending = true;
    for (let event = streams.events(stream)[next]; event !== undefined; event = streams.events(stream)[next]) {
      const hasRoom = call.write(recorded(event, next, stream));
      next += 1;
      if (!hasRoom) {
        await drained(call);
      }
    }
    isSending = false;
  }

  const confirmation = new streamMessages.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(stream);
  const response = new streamMessages.ReadResp();
  response.setConfirmation(confirmation);
  call.write(response);
  const unwatch = streams.watch(() => void send());
  call.on('cancelled', unwatch);
  call.on('close', unwatch);
  void send();
}

async function drained(call: ReadCall): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  call.once('drain', resolve);
  call.once('cancelled', resolve);
  await promise;
  call.off('drain', resolve);
  call.off('cancelled', resolve);
}

function notFound(streamOptions: ReadReq.Options.StreamOptions): ReadResp {
  const missing = new streamMessages.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(streamOptions.getStreamIdentifier());
  const response = new streamMessages.ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

function recorded(stored: StoredEvent, revision: number, stream: string): ReadResp {
  const id = new shared.UUID();
  id.setString(stored.id);
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  const event = new streamMessages.ReadResp.ReadEvent.RecordedEvent();
  event.setId(id);
  event.setStreamIdentifier(identifier);
  event.setStreamRevision(String(revision));
  event.getMetadataMap().set('type', stored.type).set('content-type', stored.contentType).set('created', '0');
  event.setData(stored.data);
  event.setCustomMetadata(stored.customMetadata);
  const readEvent = new streamMessages.ReadResp.ReadEvent();
  readEvent.setEvent(event);
  readEvent.setNoPosition(new shared.Empty());
  const response = new streamMessages.ReadResp();
  response.setEvent(readEvent);
  return response;
}
