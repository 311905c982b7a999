// A client that heeds no answer: keeps so many commands on their way, each answered one followed by the next at once.
//   node test/support/flooder.ts JSON    with a FloodPlan
// Prints a line of JSON, what it was answered, at its first OVERLOADED, and another when its standard input has ended.
import { randomUUID } from 'node:crypto';
import { commandSubject } from '@fleetbook/contracts';
import { connectBus, type Reply } from '@fleetbook/messaging';

export interface FloodPlan {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly cell: string;
  readonly operator: string;
  readonly node: string;
  readonly inFlight: number;
}

/** How many answers of each outcome; of errors, of each code. */
export type FloodTally = Readonly<Record<string, number>>;

const TIMEOUT_MS = 30_000;
const plan: FloodPlan = JSON.parse(process.argv[2] ?? '');
const origin = { client: 'flooder', version: '0', host: 'here' };
const { url, user, password, cell } = plan;
const bus = await connectBus({ name: 'flooder', servers: [url], user, password });
const subject = commandSubject(cell, 'operator', plan.operator, 'DisableNode');
const tally: Record<string, number> = {};
let isOver = false;

function send(): void {
  const commandId = randomUUID();
  const body = { commandId, issuedAt: Date.now(), origin, node: plan.node, reason: commandId };
  bus.send(subject, JSON.stringify(body), TIMEOUT_MS, (reply) => {
    note(reply);
    if (!isOver) {
      send();
    }
  });
}

function note(reply: Reply): void {
  const read = reply.status === 'reply' ? JSON.parse(reply.payload.toString('utf8')) : { outcome: reply.status };
  const kind: string = read.outcome === 'error' ? read.error.code : read.outcome;
  tally[kind] = (tally[kind] ?? 0) + 1;
  if (kind === 'OVERLOADED' && tally[kind] === 1) {
    print();
  }
}

function print(): void {
  process.stdout.write(`${JSON.stringify(tally)}\n`);
}

process.stdin.resume().once('end', () => {
  isOver = true;
  print();
  process.exit(0);
});
for (let sent = 0; sent < plan.inFlight; sent += 1) {
  send();
}
