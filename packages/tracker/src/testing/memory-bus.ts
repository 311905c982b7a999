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

interface Question {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly deadlineMs?: number | undefined;
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
    const own = new Set<Member>();
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
      async askAll(subject: string, payload: Uint8Array, waitMs: number, patienceMs: number) {
        const replies: Uint8Array[] = [];
        const others = isConnected && !isMuted ? matching(subject).filter((member) => !own.has(member)) : [];
        const settled = others.map(
          (member) =>
            new Promise<void>((resolve) => {
              ask(member, { subject, payload }, (reply) => {
                replies.push(...(reply === undefined ? [] : [reply]));
                resolve();
              });
            }),
        );
        // Everybody answers at once, or when a test lets it.
        if (patienceMs > waitMs && settled.length > 0) {
          await Promise.race(settled);
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
        own.add(member);
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
    for (const member of matching(subject)) {
      ask(member, { subject, payload, deadlineMs }, (reply) => (reply === undefined ? onNone() : onReply(reply)));
    }
  }

  /** `onEnd`: with its reply, if that gets through. */
  function ask(
    { handler, isConnected }: Member,
    { subject, payload, deadlineMs }: Question,
    onEnd: (reply: Uint8Array | undefined) => void,
  ): void {
    openRequests += 1;
    const respond = (reply?: Uint8Array): void => {
      openRequests -= 1;
      onEnd(isConnected() ? reply : undefined);
    };
    handler(subject, payload, respond, deadlineMs);
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
