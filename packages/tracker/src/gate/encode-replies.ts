import {
  type AcceptedReply,
  encodeBatchReply,
  encodeCommandReply,
  errorReply,
  fleetbookError,
  type OutgoingReply,
  type UnchangedReply,
} from '@fleetbook/contracts';

/** `{"outcomes":[]}`, and a comma behind each. */
const BATCH_BYTES = 15;

/** Of one entry of the lists in a reply, with its comma. */
const LEAST_ENTRY_BYTES = 30;

type Registered = (AcceptedReply | UnchangedReply) & {
  readonly result: Extract<AcceptedReply['result'], { readonly type: 'RegisterNode' }>;
};

/**
 * The message with a reply, of at most so many bytes: of what a node holds as much is listed as there is room for.
 * Where that does not help, the outcome is said to be unknown: the same id asks for it again.
 */
export function encodeReplyWithin(reply: OutgoingReply, bytes: number): Uint8Array {
  const whole = encodeCommandReply(reply);
  return whole.byteLength <= bytes ? whole : encodeCommandReply(shortened(reply, bytes));
}

/** The same of a batch. What is left over by short replies is shared by the long ones. */
export function encodeBatchWithin(replies: readonly OutgoingReply[], bytes: number): Uint8Array {
  const isLong = replies.map((reply) => listedIn(reply) * LEAST_ENTRY_BYTES > bytes / replies.length);
  const whole = isLong.includes(true) ? undefined : encodeBatchReply(replies);
  if (whole !== undefined && whole.byteLength <= bytes) {
    return whole;
  }
  const fitting = [...replies];
  // What is long for certain is not written out to be measured: it may be a hundred times as long as the message.
  const sizeAt = (place: number, reply: OutgoingReply) => (isLong[place] ? Number.MAX_SAFE_INTEGER : sizeOf(reply));
  const sizes = replies.map((reply, place) => ({ place, reply, size: sizeAt(place, reply) }));
  let room = bytes - BATCH_BYTES - replies.length;
  let left = replies.length;
  for (const { place, reply, size } of sizes.sort((one, other) => one.size - other.size)) {
    const share = Math.floor(room / left);
    const fit = size <= share ? reply : shortened(reply, share);
    fitting[place] = fit;
    room -= fit === reply ? size : sizeOf(fit);
    left -= 1;
  }
  return encodeBatchReply(fitting);
}

const sizeOf = (reply: OutgoingReply): number => encodeCommandReply(reply).byteLength;

const listedIn = (reply: OutgoingReply): number =>
  isRegistered(reply) ? reply.result.held.length + reply.result.sides.length : 0;

function shortened(reply: OutgoingReply, bytes: number): OutgoingReply {
  return isRegistered(reply) ? withListsWithin(reply, bytes) : unknownOutcome(reply);
}

function isRegistered(reply: OutgoingReply): reply is Registered {
  return 'result' in reply && reply.result.type === 'RegisterNode';
}

/** What is to be destroyed comes first: the rest shows as drift once the agent reports its guests. */
function withListsWithin(reply: Registered, bytes: number): OutgoingReply {
  const { held, sides } = reply.result;
  const bare = { ...reply.result, held: [], sides: [], more: { held: held.length, sides: sides.length } };
  let room = bytes - sizeOf({ ...reply, result: bare });
  const takeFrom = <Entry>(entries: readonly Entry[]): readonly Entry[] => {
    const end = entries.findIndex((entry) => {
      room -= Buffer.byteLength(JSON.stringify(entry)) + 1;
      return room < 0;
    });
    return end === -1 ? entries : entries.slice(0, end);
  };
  const listed = { sides: takeFrom(sides), held: takeFrom(held) };
  const more = { held: held.length - listed.held.length, sides: sides.length - listed.sides.length };
  return more.held + more.sides === 0 ? reply : { ...reply, result: { ...reply.result, ...listed, more } };
}

function unknownOutcome(reply: OutgoingReply): OutgoingReply {
  const { commandId, at } = 'text' in reply ? JSON.parse(reply.text) : reply;
  return errorReply(fleetbookError('OUTCOME_UNKNOWN'), { commandId, at });
}
