import type { FleetbookClient } from '@fleetbook/client';
import { formatToken, parseToken } from '@fleetbook/contracts';
import { NODES } from '../../model/random-steps.ts';
import { keyOf, type LedgerBook } from '../checks/ledger-book.ts';
import { hold } from '../checks/violation.ts';
import type { ClientMachine } from '../world/client-machine.ts';
import type { Chance } from '../world/random.ts';

type Ask = (client: FleetbookClient, chance: Chance, book: LedgerBook) => Promise<unknown>;

const REQUEST = { resources: { VCPU: 1 } };

const QUESTIONS: readonly Ask[] = [
  (client) => client.ask('digest', {}),
  (client) => client.ask('digest', {}, { mayBeOlder: true }),
  (client) => client.ask('writer', {}),
  (client) => client.ask('writer', {}),
  (client) => client.ask('nodes', {}),
  (client, chance) => client.ask('node', { node: chance.pick(NODES) }),
  (client) => client.ask('usage', {}),
  (client, chance) => client.ask('usage', { node: chance.pick(NODES) }),
  (client) => client.ask('candidates', { request: REQUEST }),
  (client) => client.ask('capacity', { request: REQUEST }),
  (client) => client.ask('moves', { status: 'all' }),
  (client) => client.ask('attention', {}),
  (client) => client.ask('counters', {}),
  (client, chance) => client.ask('history', { node: chance.pick(NODES) }),
  (client, chance) => client.ask('instance', { instance: `i${chance.integer(0, 9)}.0` }),
  askOutcome,
];

/** Share of questions that are none: see `greet`. */
const GREETINGS = 0.25;

/** Schedulers who ask, each at least for what it was told of. */
export class Askers {
  /** Questions not answered yet. */
  open = 0;
  readonly #machines: readonly ClientMachine[];
  readonly #chance: Chance;
  readonly #book: () => LedgerBook;
  readonly #onError: (error: unknown) => void;

  constructor(options: {
    readonly machines: readonly ClientMachine[];
    readonly chance: Chance;
    readonly book: () => LedgerBook;
    readonly onError: (error: unknown) => void;
  }) {
    this.#machines = options.machines;
    this.#chance = options.chance;
    this.#book = options.book;
    this.#onError = options.onError;
  }

  ask(): void {
    const machine = this.#chance.pick(this.#machines);
    if (this.#chance.happens(GREETINGS)) {
      this.#greet(machine);
      return;
    }
    const client = machine.client('scheduler', `scheduler-${this.#chance.integer(1, 2)}`);
    const question = this.#chance.pick(QUESTIONS);
    machine.process.schedule(0, 'asks', () => this.#count(question(client, this.#chance, this.#book())));
  }

  /** An agent says once more what the ledger knows: it is told that nothing has changed, by whoever is in office. */
  #greet(machine: ClientMachine): void {
    const nodes = [...this.#book().ledger.nodes.values()];
    if (nodes.length > 0) {
      const { id, owner, bootId } = this.#chance.pick(nodes);
      const client = machine.client('agent', owner);
      machine.process.schedule(0, 'greets', () => this.#count(client.send('RegisterNode', { node: id, bootId })));
    }
  }

  #count(work: Promise<unknown>): void {
    this.open += 1;
    work.catch(this.#onError).finally(() => {
      this.open -= 1;
    });
  }
}

/** Of some command that was decided: once the answer is new enough, it must be found. */
async function askOutcome(client: FleetbookClient, chance: Chance, book: LedgerBook): Promise<void> {
  const decided = [...book.decisions.values()];
  if (decided.length === 0) {
    return;
  }
  const { commandId, actor, number } = chance.pick(decided);
  if (actor.role === 'system') {
    return;
  }
  const seen = parseToken(client.token() ?? '')?.number ?? 0;
  const newest = seen < number ? { atLeast: formatToken(book.historyId, number) } : {};
  const reply = await client.ask('outcome', { commandId, role: actor.role, actor: actor.id, ...newest });
  if (reply.outcome === 'answer' && reply.answer.status === 'not-found') {
    const { searchedFrom } = reply.answer;
    const key = keyOf(actor.role, actor.id, commandId);
    hold('outcomes are found', searchedFrom > number, () => `${key} of event ${number} from ${searchedFrom} on`);
  }
}
