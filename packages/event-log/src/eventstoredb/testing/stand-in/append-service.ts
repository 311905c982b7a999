import codes from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import anyMessages from 'google-protobuf/google/protobuf/any_pb.js';
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendOutcome, StoredEvent, Streams } from './streams.ts';

/**
 * What happens to one append: its connection fails, before or after it is written; it is written without answer; or it
 * is refused for its size.
 */
export type AppendFault = 'fails-before-write' | 'fails-after-write' | 'hangs-after-write' | 'is-too-large';

type BatchAppendResp = InstanceType<typeof streamMessages.BatchAppendResp>;
type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

interface PendingAppend {
  readonly options: BatchAppendReq.Options;
  readonly events: StoredEvent[];
}

/** @param takeFault gives what happens to this append, if anything does. */
export function batchAppendHandler(streams: Streams, takeFault: () => AppendFault | undefined) {
  return (call: BatchAppendCall): void => {
    const pending = new Map<string, PendingAppend>();
    call.on('data', (request: BatchAppendReq) => {
      const key = Buffer.from(request.getCorrelationId()?.serializeBinary() ?? []).toString('hex');
      const options = request.getOptions() ?? pending.get(key)?.options;
      if (options === undefined) {
        call.destroy(new Error('an append begins with its options'));
        return;
      }
      const events = [...(pending.get(key)?.events ?? []), ...request.getProposedMessagesList().map(storedEvent)];
      pending.set(key, { options, events });
      if (request.getIsFinal()) {
        pending.delete(key);
        perform(call, streams, request, { options, events }, takeFault());
      }
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  };
}

function perform(
  call: BatchAppendCall,
  streams: Streams,
  request: BatchAppendReq,
  { options, events }: PendingAppend,
  fault: AppendFault | undefined,
): void {
  const failure = { code: status.UNAVAILABLE, details: 'injected fault' };
  if (fault === 'fails-before-write') {
    call.emit('error', failure);
    return;
  }
  const response = new streamMessages.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  const identifier = options.getStreamIdentifier();
  response.setStreamIdentifier(identifier);
  if (fault === 'is-too-large') {
    call.write(tooLarge(response));
    return;
  }
  const stream = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  const expectedRevision = options.hasNoStream() ? -1 : Number(options.getStreamPosition());
  const outcome = streams.append(stream, expectedRevision, events);
  if (fault === 'fails-after-write') {
    call.emit('error', failure);
  } else if (fault === undefined) {
    call.write(answer(response, outcome, expectedRevision));
  }
}

function storedEvent(message: BatchAppendReq.ProposedMessage): StoredEvent {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    customMetadata: message.getCustomMetadata_asU8(),
  };
}

function answer(response: BatchAppendResp, outcome: AppendOutcome, expectedRevision: number): BatchAppendResp {
  if (outcome.status === 'success') {
    const success = new streamMessages.BatchAppendResp.Success();
    success.setCurrentRevision(String(outcome.lastRevision));
    success.setNoPosition(new emptyMessages.Empty());
    response.setSuccess(success);
    return response;
  }
  const conflict = new shared.WrongExpectedVersion();
  if (outcome.currentRevision < 0) {
    conflict.setCurrentNoStream(new emptyMessages.Empty());
  } else {
    conflict.setCurrentStreamRevision(String(outcome.currentRevision));
  }
  if (expectedRevision < 0) {
    conflict.setExpectedNoStream(new emptyMessages.Empty());
  } else {
    conflict.setExpectedStreamPosition(String(expectedRevision));
  }
  return failed(response, codes.Code.FAILED_PRECONDITION, 'WrongExpectedVersion', conflict.serializeBinary());
}

const MAX_APPEND_BYTES = 1024;

function tooLarge(response: BatchAppendResp): BatchAppendResp {
  const exceeded = new shared.MaximumAppendSizeExceeded();
  exceeded.setMaxappendsize(MAX_APPEND_BYTES);
  return failed(response, codes.Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', exceeded.serializeBinary());
}

function failed(response: BatchAppendResp, code: number, name: string, detailBytes: Uint8Array): BatchAppendResp {
  const details = new anyMessages.Any();
  details.pack(detailBytes, `event_store.client.${name}`);
  const failure = new statusMessages.Status();
  failure.setCode(code);
  failure.setMessage(name);
  failure.setDetails(details);
  response.setError(failure);
  return response;
}
