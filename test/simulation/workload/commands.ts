import type { BatchEntry, FleetbookClient, SendOptions } from '@fleetbook/client';
import { commandSubject, type SenderRole } from '@fleetbook/contracts';
import type { Command } from '@fleetbook/domain';
import { sentBy } from '../../model/product.ts';
import type { Step } from '../../model/random-steps.ts';
import type { Known, Sent } from '../../model/senders.ts';
import type { LedgerBook } from '../checks/ledger-book.ts';
import type { ClientMachine } from '../world/client-machine.ts';
import type { Chance } from '../world/random.ts';

/** A step of a random history that some sender makes a command of. */
export type CommandStep = Exclude<Step, { readonly type: 'WriterElected' | 'Pass' }>;

export const isCommandStep = (step: Step): step is CommandStep => step.type !== 'WriterElected' && step.type !== 'Pass';

/** One command as a sender remembers it: id, time and body must be equal in every repeat. */
interface Remembered {
  readonly sent: Sent;
  readonly commandId: string;
  readonly issuedAt: number;
}

export interface CommandSendersOptions {
  readonly machines: readonly ClientMachine[];
  readonly chance: Chance;
  readonly book: () => LedgerBook;
}

const GARBAGE = ['', '{', '[]', 'null', '{"commandId":"__proto__"}', '{"__proto__":{"x":1}}', '{"commandId":1e400}'];
const REMEMBERED = 40;

/** A command that the inbox has taken. */
export interface PutCommand {
  readonly commandId: string;
  readonly sequence: number;
}

const PUT_SHARE = 0.1;

/** Agents, schedulers and operators who send what random steps make of what they know of the ledger. */
export class CommandSenders {
  /** Commands whose outcome nobody was told. */
  readonly unknown: Remembered[] = [];
  /** What the inbox has taken, as its server said. */
  readonly taken: PutCommand[] = [];
  /** Commands not answered yet. */
  open = 0;
  readonly #options: CommandSendersOptions;
  readonly #usedIds = new Map<string, string[]>();
  readonly #remembered: Remembered[] = [];
  readonly #sent: Sent[] = [];
  readonly #puts: Chance;
  #sequence = 0;

  constructor(options: CommandSendersOptions) {
    this.#options = options;
    this.#puts = options.chance.fork('puts');
  }

  /** Sends the command of a step in one of the ways that senders have. */
  send(step: CommandStep): void {
    const { chance } = this.#options;
    const sent = step.type === 'Again' ? this.#sent.at(-1 - step.back) : this.#commandOf(step);
    if (sent === undefined) {
      return;
    }
    if (this.#puts.happens(PUT_SHARE)) {
      this.#put(this.#machine(), sent, { commandId: this.#machine().process.ids.next() });
      return;
    }
    const way = chance.next();
    if (way < 0.6) {
      this.#sendAnew(sent);
    } else if (way < 0.75) {
      this.#sendTwice(sent);
    } else if (way < 0.87) {
      this.#sendBatch(sent);
    } else if (way < 0.97) {
      this.#repeat();
    } else {
      this.#sendGarbage(sent);
    }
  }

  #commandOf(step: Exclude<CommandStep, { readonly type: 'Again' }>): Sent {
    const { ledger, events } = this.#options.book();
    this.#sequence += 1;
    const known: Known = { ledger, events, usedIds: this.#usedIds, sequence: this.#sequence };
    const sent = sentBy(known, step);
    this.#sent.push(sent);
    return sent;
  }

  #sendAnew(sent: Sent): void {
    const { ids } = this.#machine().process;
    this.#deliver(this.#machine(), sent, { commandId: ids.next() });
  }

  /** As a program does that keeps id and time, crashes, and cannot tell whether it had sent. */
  #sendTwice(sent: Sent): void {
    const { chance } = this.#options;
    const [first, second] = [this.#machine(), this.#machine()];
    const remembered = { sent, commandId: first.process.ids.next(), issuedAt: first.process.clock.now() };
    this.#remembered.push(remembered);
    if (this.#remembered.length > REMEMBERED) {
      this.#remembered.shift();
    }
    this.#deliver(first, sent, remembered);
    second.process.schedule(chance.next() * 2_000, 'sends it again', () => {
      if (this.#puts.happens(PUT_SHARE)) {
        this.#put(second, sent, remembered);
      } else {
        this.#deliver(second, sent, remembered);
      }
    });
  }

  /** Into the inbox: nobody waits for the outcome. */
  #put(machine: ClientMachine, { actor, command }: Sent, options: SendOptions & { readonly commandId: string }): void {
    this.#noteUsed(command, options.commandId);
    const client = machine.client(senderRole(actor.role), actor.id);
    const { type, origin: _, ...fields } = command;
    machine.process.schedule(0, `puts ${type}`, () => {
      this.#count(
        client.enqueue(type, fields, options).then((reply) => {
          if (reply.outcome === 'enqueued') {
            this.taken.push({ commandId: options.commandId, sequence: reply.sequence });
          }
        }),
      );
    });
  }

  /** Much later, and now and then with the id of one command and the body of another. */
  #repeat(): void {
    const { chance } = this.#options;
    if (this.#remembered.length > 0) {
      const { commandId, issuedAt, sent } = chance.pick(this.#remembered);
      const other = chance.pick(this.#remembered).sent;
      const isMixedUp = chance.happens(0.2) && other.actor.role === sent.actor.role && other.actor.id === sent.actor.id;
      this.#deliver(this.#machine(), isMixedUp ? other : sent, { commandId, issuedAt });
    }
  }

  /** The same twice in one message: the second meets what the first has done. */
  #sendBatch({ actor, command }: Sent): void {
    const machine = this.#machine();
    const entry = entryOf(command);
    const ids = [machine.process.ids.next(), machine.process.ids.next()];
    this.#noteUsed(command, ids[0] ?? '');
    const client = machine.client(senderRole(actor.role), actor.id);
    machine.process.schedule(0, 'sends a batch', () => {
      this.#count(client.sendBatch(ids.map((commandId) => ({ ...entry, commandId }))));
    });
  }

  #sendGarbage({ actor, command }: Sent): void {
    const { chance } = this.#options;
    const machine = this.#machine();
    const subject = commandSubject('main', senderRole(actor.role), actor.id, command.type);
    machine.process.schedule(0, 'sends garbage', () => machine.sendBytes(subject, Buffer.from(chance.pick(GARBAGE))));
  }

  #deliver(machine: ClientMachine, sent: Sent, options: SendOptions & { readonly commandId: string }): void {
    const { actor, command } = sent;
    this.#noteUsed(command, options.commandId);
    const client = machine.client(senderRole(actor.role), actor.id);
    machine.process.schedule(0, `sends ${command.type}`, () => {
      const issuedAt = options.issuedAt ?? machine.process.clock.now();
      this.#count(
        sendCommand(client, command, options).then((reply) => {
          if (reply.outcome === 'error' && reply.error.code === 'TIMEOUT') {
            this.unknown.push({ sent, commandId: options.commandId, issuedAt });
          }
        }),
      );
    });
  }

  #count(work: Promise<unknown>): void {
    this.open += 1;
    const close = (): void => {
      this.open -= 1;
    };
    work.then(close, close);
  }

  #noteUsed(command: Command, commandId: string): void {
    if (command.type === 'ClaimInstance' || command.type === 'ClaimMove') {
      this.#usedIds.set(command.instance, [...(this.#usedIds.get(command.instance) ?? []), commandId]);
    }
  }

  #machine(): ClientMachine {
    return this.#options.chance.pick(this.#options.machines);
  }
}

function sendCommand(client: FleetbookClient, command: Command, options: SendOptions): ReturnType<typeof client.send> {
  const { type, origin: _, ...fields } = command;
  return client.send(type, fields, options);
}

function entryOf(command: Command): BatchEntry {
  const { origin: _, ...entry } = command;
  return entry;
}

function senderRole(role: Sent['actor']['role']): SenderRole {
  if (role === 'system') {
    throw new RangeError('the system sends no commands');
  }
  return role;
}
