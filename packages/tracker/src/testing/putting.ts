import { encodeCommandMessage, inboxSubject, type ParkedVerb, parkedSubject } from '@fleetbook/contracts';
import { apply, type CommandMessage, emptyLedger, type InboxState, type LedgerEvent } from '@fleetbook/domain';
import { createMemoryInbox, type MemoryInbox } from '@fleetbook/event-log/memory';
import type { PublishedMessage } from './memory-bus.ts';
import type { World } from './world.ts';

const CELL = 'main';

/** A world with an inbox that takes messages from the start, as one does that an earlier tracker has made. */
export async function createPutting(world: World) {
  const inbox = createMemoryInbox({ now: () => world.time.clock.now() });
  await inbox.prepare(0);
  return {
    inbox,
    put: (message: CommandMessage, replyTo?: string) => put(inbox, message, replyTo),
    putBytes: (text: string, command = 'RegisterNode') =>
      inbox.put(`fleetbook.v1.${CELL}.inbox.agent.agent-1.${command}`, Buffer.from(text)),
    settle: (verb: ParkedVerb, sequence: number) => settle(world, verb, sequence),
    /** What a fold of the log says of the inbox. */
    folded: async () => foldedInbox(await world.readEvents()),
    /** Waits until nothing is parked. */
    settled: async () => {
      let parked = Infinity;
      await world.time.until(() => {
        void world.readEvents().then((events) => {
          parked = foldedInbox(events).parked.length;
        });
        return parked === 0;
      });
    },
    /** Waits until everything up to this sequence is in the log. */
    dealtWith: async (sequence: number) => {
      const { time } = world;
      let upTo = 0;
      const look = () => {
        void world.readEvents().then((events) => {
          upTo = foldedInbox(events).upTo;
        });
        return upTo >= sequence;
      };
      await time.until(look);
    },
  };
}

function put(inbox: MemoryInbox, message: CommandMessage, replyTo: string | undefined): number | undefined {
  const { role, id } = message.actor;
  if (role === 'system') {
    throw new Error('the system puts no commands');
  }
  const subject = inboxSubject(CELL, role, id, message.command.type);
  return inbox.put(subject, encodeCommandMessage(message), replyTo === undefined ? {} : { replyTo });
}

async function settle(world: World, verb: ParkedVerb, sequence: number): Promise<unknown> {
  const replies: unknown[] = [];
  const subject = parkedSubject(CELL, verb, 'alice', sequence);
  world.bus.request(subject, new Uint8Array(), (reply) => void replies.push(JSON.parse(Buffer.from(reply).toString())));
  await world.time.until(() => replies.length > 0);
  return replies[0];
}

function foldedInbox(events: readonly LedgerEvent[]): InboxState {
  const ledger = emptyLedger();
  for (const event of events) {
    apply(ledger, event);
  }
  return ledger.cell?.inbox ?? { upTo: 0, parked: [] };
}

/** What was published on a subject, parsed. */
export const publishedOn = (published: readonly PublishedMessage[], subject: string): readonly unknown[] =>
  published.filter((message) => message.subject === subject).map(({ text }) => JSON.parse(text));
