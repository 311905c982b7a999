import type { MessageHandler, TrackerBus } from '../ports.ts';

export interface PublishedMessage {
  readonly subject: string;
  readonly text: string;
}

/** A message bus in this process, shared by trackers and clients; delivers at once, to every subscriber. */
export interface MemoryBus {
  readonly published: readonly PublishedMessage[];
  connect(): BusMember;
  /** Sends a message with a reply address; replies come in as they are made. */
  request(subject: string, payload: Uint8Array, onReply: (payload: Uint8Array) => void, deadlineMs?: number): void;
  subscriberCount(subject: string): number;
  /** Requests handed to a member that has neither answered nor let go of them. */
  readonly openRequests: number;
}

export interface BusMember extends TrackerBus {
  cutOff(): void;
  /** While true, nothing it publishes gets through and it gets no publication; requests and replies do. */
  setMuted(isMuted: boolean): void;
  /** From now on a subscription that is stopped gets what arrives until `leaving` settles, and settles with it. */
  lingerUntil(leaving: Promise<void>): void;
}

interface Member {
  readonly subject: string;
  readonly handler: MessageHandler;
  readonly isConnected: () => boolean;
  readonly isMuted: () => boolean;
}

const MAXIMUM_PAYLOAD_BYTES = 1024 * 1024;

export function createMemoryBus(): MemoryBus {
  const members = new Set<Member>();
  const published: PublishedMessage[] = [];
  let openRequests = 0;
  const matching = (subject: string) =>
    [...members].filter((member) => member.isConnected() && doesMatch(member.subject, subject));

  function connect(): BusMember {
    let isConnected = true;
    let isMuted = false;
    let leaving = Promise.resolve();
    return {
      maximumPayloadBytes: MAXIMUM_PAYLOAD_BYTES,
      cutOff() {
        isConnected = false;
      },
      setMuted(isMutedNow: boolean) {
        isMuted = isMutedNow;
      },
      lingerUntil(settled: Promise<void>) {
        leaving = settled;
      },
      publish(subject: string, payload: Uint8Array | string) {
        if (isConnected && !isMuted) {
          const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
          published.push({ subject, text });
          for (const { handler } of matching(subject).filter((member) => !member.isMuted())) {
            handler(subject, Buffer.from(text), () => undefined);
          }
        }
      },
      async askAll(subject: string, payload: Uint8Array) {
        const replies: Uint8Array[] = [];
        if (isConnected && !isMuted) {
          request(subject, payload, (reply) => void replies.push(reply));
        }
        return replies;
      },
      async askFirst(subject: string, payload: Uint8Array) {
        if (!isConnected || isMuted || matching(subject).length === 0) {
          return undefined;
        }
        return new Promise<Uint8Array | undefined>((resolve) => {
          request(subject, payload, resolve, undefined, () => resolve(undefined));
        });
      },
      async subscribe(subject: string, handler: MessageHandler) {
        const member: Member = { subject, handler, isConnected: () => isConnected, isMuted: () => isMuted };
        members.add(member);
        return {
          async stop() {
            await leaving;
            members.delete(member);
          },
        };
      },
    };
  }

  function request(
    subject: string,
    payload: Uint8Array,
    onReply: (payload: Uint8Array) => void,
    deadlineMs?: number,
    onNone: () => void = () => undefined,
  ): void {
    for (const { handler, isConnected } of matching(subject)) {
      openRequests += 1;
      const respond = (reply?: Uint8Array): void => {
        openRequests -= 1;
        if (reply !== undefined && isConnected()) {
          onReply(reply);
        } else {
          onNone();
        }
      };
      handler(subject, payload, respond, deadlineMs);
    }
  }

  return {
    published,
    connect,
    request,
    get openRequests() {
      return openRequests;
    },
    subscriberCount: (subject) => matching(subject).length,
  };
}

function doesMatch(pattern: string, subject: string): boolean {
  return pattern.endsWith('>') ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;
}
