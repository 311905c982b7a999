import type { Actor } from '../actor.ts';
import type { Command, ReportedProvider } from '../command.ts';
import { decide } from '../decide/decide.ts';
import type { Decision } from '../decision.ts';
import type { DecidedEvent, LedgerEvent } from '../event.ts';
import { apply } from '../evolve/evolve.ts';
import { emptyLedger, type Ledger } from '../ledger.ts';

export const ORIGIN = { client: 'test', version: '1.0.0', host: 'localhost' };

export const AGENT: Actor = { role: 'agent', id: 'agent-1' };
export const OTHER_AGENT: Actor = { role: 'agent', id: 'agent-2' };
export const SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-1' };
export const OTHER_SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-2' };
export const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };

const WRITER: Actor = { role: 'system', id: 'writer' };

type WithoutOrigin<Body> = Body extends Command ? Omit<Body, 'origin'> : never;

/** A command as tests write it. */
export type Ask = WithoutOrigin<Command>;

/** A ledger with the events that made it, driven by commands as a writer would. */
export interface Scenario {
  readonly ledger: Ledger;
  readonly events: LedgerEvent[];
  /** Decides and, when accepted, appends. The command id is `command-<n>` unless given. */
  ask(actor: Actor, ask: Ask, commandId?: string): Decision;
  /** As `ask`, for setting up: throws unless accepted. Returns the command id. */
  given(actor: Actor, ask: Ask, commandId?: string): string;
  /** Appends what the writer decided by itself. */
  record(decided: readonly DecidedEvent[]): void;
  /** Lets time go by; besides, every event takes a millisecond. */
  pass(timeMs: number): void;
  now(): number;
}

const founding = (): LedgerEvent[] => {
  const envelope = { at: 1, commandId: 'founding', count: 2, actor: { role: 'system', id: 'writer' } } as const;
  return [
    {
      ...envelope,
      number: 1,
      index: 0,
      type: 'LedgerCreated',
      schemaVersion: 1,
      data: { cell: 'main', historyId: 'h1', formatVersion: 1 },
    },
    {
      ...envelope,
      number: 2,
      index: 1,
      type: 'CellConfigured',
      schemaVersion: 1,
      data: { policies: { outcomeRetentionMs: 600_000, clockSkewMs: 5_000, fitWorkLimit: 20_000 } },
    },
  ];
};

export const startScenario = (): Scenario => {
  const ledger = emptyLedger();
  const events = founding();
  for (const event of events) apply(ledger, event);
  let asked = 0;
  let passedMs = 0;
  const now = (): number => events.length + passedMs;
  const append = (
    decision: readonly DecidedEvent[],
    envelope: { readonly commandId: string; readonly actor: Actor },
    command?: Command,
  ): void => {
    const at = now() + 1;
    for (const [index, decided] of decision.entries()) {
      const place = { number: events.length + 1, at, ...envelope, index, count: decision.length };
      const event: LedgerEvent = {
        ...place,
        ...(index === 0 && command !== undefined ? { command } : {}),
        ...decided,
      };
      apply(ledger, event);
      events.push(event);
    }
  };
  const ask = (actor: Actor, body: Ask, commandId = `command-${asked + 1}`): Decision => {
    asked += 1;
    const command: Command = { origin: ORIGIN, ...body };
    const judgedAt = { number: events.length, at: now() };
    const decision = decide(ledger, { commandId, issuedAt: 0, actor, command }, judgedAt);
    if (decision.kind !== 'accepted') return decision;
    append(decision.events, { commandId, actor }, command);
    return decision;
  };
  const given = (actor: Actor, body: Ask, commandId = `command-${asked + 1}`): string => {
    const decision = ask(actor, body, commandId);
    if (decision.kind !== 'accepted') throw new Error(`given ${body.type} was ${JSON.stringify(decision)}`);
    return commandId;
  };
  return {
    ledger,
    events,
    ask,
    given,
    record: (decided) => append(decided, { commandId: `commit-${events.length + 1}`, actor: WRITER }),
    pass: (timeMs) => {
      passedMs += timeMs;
    },
    now,
  };
};

/** A root with 8 VCPU, 1,024 MEMORY_MB and slots 1, 2, 10, and two devices of 1,000 GPU_MILLI, the second an A100. */
export const TREE: readonly ReportedProvider[] = [
  {
    id: 'root',
    inventories: [
      { class: 'VCPU', total: 8 },
      { class: 'MEMORY_MB', total: 1_024 },
      { class: 'SLOT', total: 3, units: ['10', '2', '1'] },
    ],
  },
  { id: 'gpu-0', parent: 'root', inventories: [{ class: 'GPU_MILLI', total: 1_000 }] },
  { id: 'gpu-1', parent: 'root', inventories: [{ class: 'GPU_MILLI', total: 1_000 }], traits: ['A100'] },
];

export const report = (
  providers: readonly ReportedProvider[],
  sequence = 1,
  incarnation = 1,
  node = 'node-1',
): Ask => ({
  type: 'ReportInventory',
  node,
  incarnation,
  sequence,
  mode: 'full',
  providers,
});

/** A scenario with `node-1` of AGENT, reported as TREE unless told otherwise. */
export const withNode = (providers: readonly ReportedProvider[] = TREE): Scenario => {
  const scenario = startScenario();
  scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
  scenario.given(AGENT, report(providers));
  return scenario;
};

/** `node provider class` to what is charged there, without the zeroes. */
export const chargedOn = (ledger: Ledger): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...ledger.nodes.values()].flatMap((node) =>
      node.tree.providers.flatMap((provider) =>
        provider.inventories
          .filter((inventory) => inventory.charged !== 0)
          .map((inventory): [string, number] => [`${node.id} ${provider.id} ${inventory.class}`, inventory.charged]),
      ),
    ),
  );

/** The code a decision was refused with; `accepted` or `unchanged` otherwise. */
export const codeOf = (decision: Decision): string =>
  decision.kind === 'rejected' ? decision.rejection.code : decision.kind;
