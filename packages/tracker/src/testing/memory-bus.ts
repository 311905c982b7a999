import type { MessageHandler, TrackerBus } from '../ports.ts';

export interface PublishedMessage {
  readonly subject: string;
  readonly text: string;
}

/** A message bus in this process, shared by trackers and clients; delivers at once, to every subscriber. */
export interface MemoryBus {
  readonly published: readonly PublishedMessage[];
  /** One member of the bus, that can be cut off from it. */
  connect(): TrackerBus & { cutOff(): void };
  /** Sends a message with a reply address; replies come in as they are made. */
  request(subject: string, payload: Uint8Array, onReply: (payload: Uint8Array) => void): void;
  subscriberCount(subject: string): number;
}

interface Member {
  readonly subject: string;
  readonly handler: MessageHandler;
  isConnected: () => boolean;
}

export function createMemoryBus(): MemoryBus {
  const members = new Set<Member>();
  const published: PublishedMessage[] = [];
  const matching = (subject: string) =>
    [...members].filter((member) => member.isConnected() && doesMatch(member.subject, subject));

  function connect() {
    let isConnected = true;
    return {
      cutOff() {
        isConnected = false;
      },
      publish(subject: string, text: string) {
        if (isConnected) {
          published.push({ subject, text });
          for (const { handler } of matching(subject)) {
            handler(subject, Buffer.from(text), () => undefined);
          }
        }
      },
      async subscribe(subject: string, handler: MessageHandler) {
        const member: Member = { subject, handler, isConnected: () => isConnected };
        members.add(member);
        return {
          async stop() {
            members.delete(member);
          },
        };
      },
    };
  }

  return {
    published,
    connect,
    request(subject, payload, onReply) {
      for (const { handler, isConnected } of matching(subject)) {
        handler(subject, payload, (reply) => {
          if (isConnected()) {
            onReply(reply);
          }
        });
      }
    },
    subscriberCount: (subject) => matching(subject).length,
  };
}

function doesMatch(pattern: string, subject: string): boolean {
  return pattern.endsWith('>') ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;
}
