import type { CommandReply, QueryReply, WriterAnswer } from '@fleetbook/contracts';
import {
  apply,
  type CommandMessage,
  canonicalRecords,
  decide,
  emptyLedger,
  type Ledger,
  type LedgerEvent,
} from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import type { AppendFault } from '@fleetbook/event-log/memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedReply } from './gate/replies.ts';
import { commandFor, LAST_COMMAND, TTL_MS, walkFor } from './testing/colliding-commands.ts';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker } from './testing/world.ts';

const faults: readonly AppendFault[] = ['conflict', 'unknown-before', 'unknown-after', 'hold', 'late'];
const small = fc.integer({ min: 0, max: 5 });

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('send' as const),
      command: fc.nat(LAST_COMMAND),
      repeat: small,
      variant: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('walk' as const),
      repeat: fc.integer({ min: 0, max: 1 }),
      length: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('fault' as const), fault: fc.constantFrom(...faults), on: small }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('release' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('kill' as const), which: small }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('outage' as const), isAvailable: fc.constantFrom(true, false) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('query' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('mute' as const), which: small, isMuted: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pass' as const), ms: fc.constantFrom(1, 50, 700, 2_000) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('wait' as const) }) },
);

type Step = typeof step extends { generate: (...input: never[]) => { value: infer Value } } ? Value : never;

interface Told {
  readonly message: CommandMessage;
  readonly replies: readonly CommandReply[];
  /** The highest event any answer had shown when this was sent. */
  readonly known: number;
}

interface Asked {
  readonly replies: readonly QueryReply<WriterAnswer>[];
  readonly known: number;
}

class Run {
  readonly world = createWorld();
  readonly told: Told[] = [];
  readonly asked: Asked[] = [];
  #trackers: RunningTracker[] = [];
  readonly #killed: RunningTracker[] = [];

  async start(): Promise<void> {
    this.#trackers = [await this.world.startTracker(), await this.world.startTracker()];
  }

  /** Two nodes, each with an instance. */
  async prepare(): Promise<void> {
    await this.world.time.until(() => this.#trackers.some(({ tracker }) => tracker.status.phase === 'in-office'));
    const now = this.world.time.clock.now();
    for (const at of [0, 1]) {
      this.#send(commandFor(now, { command: at, repeat: 0, variant: 0 }));
      this.#send(commandFor(now, { command: 2, repeat: 0, variant: at }));
      this.#send(commandFor(now, { command: 4 + at, repeat: at, variant: 0 }));
      this.#send(commandFor(now, { command: 6 + at, repeat: at, variant: 0 }));
    }
  }

  #send(sent: CommandMessage): void {
    const known = this.#known();
    this.told.push({ message: sent, replies: this.world.send(sent).replies, known });
  }

  async take(one: Step): Promise<void> {
    const { world } = this;
    switch (one.kind) {
      case 'send':
        this.#send(commandFor(world.time.clock.now(), one));
        return;
      case 'walk':
        for (const sent of walkFor(one.repeat, one.length)) {
          this.#send(sent);
        }
        return;
      case 'query': {
        const known = this.#known();
        this.asked.push({ replies: world.askWriter(), known });
        return;
      }
      case 'mute':
        this.#pick(one.which)?.connection.setMuted(one.isMuted);
        return;
      case 'fault':
        this.#pick(one.on)?.log.appendFaults.next(one.fault);
        return;
      case 'release':
        this.#release();
        return;
      case 'kill':
        await this.#replace(this.#pick(one.which));
        return;
      case 'outage':
        this.#pick(0)?.log.storeFaults.setAvailable(one.isAvailable);
        return;
      case 'pass':
        world.time.advance(one.ms);
        return;
      case 'settle':
        await world.time.settle();
        return;
      case 'wait':
        // Long enough for a tracker that hears nothing to take office.
        for (let passedMs = 0; passedMs < 1_500; passedMs += 10) {
          await world.time.settle();
          world.time.advance(10);
        }
    }
  }

  /** Ends all trouble; resolves when a tracker is in office and has answered the last command. */
  async heal(): Promise<void> {
    const { world } = this;
    this.#pick(0)?.log.storeFaults.setAvailable(true);
    for (const { connection } of this.#trackers) {
      connection.setMuted(false);
    }
    await world.time.until(() => {
      this.#release();
      return this.#trackers.some(({ tracker }) => tracker.status.phase === 'in-office');
    });
    const last = message('last', world.time.clock.now(), registerNode('last'));
    let { replies } = world.send(last);
    await world.time.until(() => {
      this.#release();
      if (replies.length === 0) {
        ({ replies } = world.send(last));
      }
      return replies.length > 0;
    });
    const stopped = this.#trackers.map(({ tracker }) => tracker.stop());
    await world.time.until(() => {
      this.#release();
      return this.#trackers.every(({ tracker }) => ['stopped', 'failed'].includes(tracker.status.phase));
    });
    await Promise.all(stopped);
    expect(this.#trackers.flatMap(({ failures }) => failures)).toEqual([]);
  }

  #known(): number {
    const replies = [...this.told, ...this.asked].flatMap((one) => [...one.replies]);
    return Math.max(0, ...replies.map(numberOf));
  }

  #pick(index: number): RunningTracker | undefined {
    return this.#trackers[index % this.#trackers.length];
  }

  #release(): void {
    for (const { log } of [...this.#trackers, ...this.#killed]) {
      log.appendFaults.release();
    }
  }

  async #replace(victim: RunningTracker | undefined): Promise<void> {
    if (victim !== undefined) {
      await victim.kill();
      this.#killed.push(victim);
      this.#trackers = [...this.#trackers.filter((one) => one !== victim), await this.world.startTracker()];
    }
  }
}

const numberOf = (reply: CommandReply | QueryReply<unknown>): number =>
  'token' in reply ? Number(reply.token.split('.').at(-1)) : 0;

const keyOf = ({ actor, commandId }: Pick<CommandMessage, 'actor' | 'commandId'>) =>
  `${actor.role} ${actor.id} ${commandId}`;

function decisionsById(events: readonly LedgerEvent[]): ReadonlyMap<string, readonly LedgerEvent[]> {
  const decisions = new Map<string, LedgerEvent[]>();
  for (const event of events) {
    if (event.issuedAt !== undefined) {
      expect(decisions.has(keyOf(event)), `one outcome of ${event.commandId}`).toBe(false);
    }
    decisions.set(keyOf(event), [...(decisions.get(keyOf(event)) ?? []), event]);
  }
  return decisions;
}

function checkRecorded(reply: CommandReply, decision: readonly LedgerEvent[] | undefined, historyId: string): void {
  const [first, ...rest] = decision ?? [];
  if (first === undefined) {
    throw new Error(`${reply.commandId} was acknowledged and is not in the log`);
  }
  const holdings = 'result' in reply && reply.result.type === 'RegisterNode' ? reply.result : undefined;
  expect(reply).toEqual(JSON.parse(JSON.stringify(recordedReply(historyId, [first, ...rest], holdings))));
}

function foldTo(events: readonly LedgerEvent[], number: number): Ledger {
  expect(number).toBeLessThanOrEqual(events.length);
  const ledger = emptyLedger();
  for (const event of events.slice(0, number)) {
    apply(ledger, event);
  }
  return ledger;
}

/** What a reply says of a state is what the log says of it, and the state is no older than what was known before. */
function checkUnchanged(reply: CommandReply, { message: sent, known }: Told, events: readonly LedgerEvent[]): void {
  const number = numberOf(reply);
  expect(number).toBeGreaterThanOrEqual(known);
  const ledger = foldTo(events, number);
  expect(decide(ledger, sent, { number, at: sent.issuedAt }).kind).toBe('unchanged');
}

/** No claim ends before its time, nor before the newest writer has been in office for that time. */
function checkExpiry(events: readonly LedgerEvent[]): void {
  let electedAt = 0;
  const claimedAt = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'WriterElected') {
      electedAt = event.at;
    } else if (event.type === 'InstanceClaimed') {
      claimedAt.set(event.commandId, event.at);
    } else if (event.type === 'ClaimExpired') {
      const since = Math.max(electedAt, claimedAt.get(event.data.claimId) ?? Infinity);
      expect(event.at).toBeGreaterThanOrEqual(since + TTL_MS);
    }
  }
}

function checkStatus(reply: QueryReply<WriterAnswer>, known: number, events: readonly LedgerEvent[]): void {
  if (reply.outcome !== 'answer') {
    throw new Error(`the writer answers ${reply.error.code}`);
  }
  expect(numberOf(reply)).toBeGreaterThanOrEqual(known);
  const digest = createDigest();
  for (const text of canonicalRecords(foldTo(events, numberOf(reply)))) {
    digest.add(text);
  }
  expect(reply.answer.digest).toBe(digest.hex());
}

describe('trackers under faults of log and processes', () => {
  it('acknowledge only what is in the log, once per command id, and nothing a deposed one decided', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.boolean(),
        async (steps, isPrepared) => {
          const run = new Run();
          await run.start();
          if (isPrepared) {
            await run.prepare();
          }
          for (const one of steps) {
            await run.take(one);
          }
          await run.heal();
          const events = await run.world.readEvents();
          const decisions = decisionsById(events);
          checkExpiry(events);
          const [created] = events;
          const historyId = created?.type === 'LedgerCreated' ? created.data.historyId : '';
          for (const told of run.told) {
            for (const reply of told.replies) {
              if (reply.outcome === 'accepted' || reply.outcome === 'refused') {
                checkRecorded(reply, decisions.get(keyOf(told.message)), historyId);
              } else if (reply.outcome === 'unchanged') {
                checkUnchanged(reply, told, events);
              }
            }
          }
          for (const { replies, known } of run.asked) {
            for (const reply of replies) {
              checkStatus(reply, known, events);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
