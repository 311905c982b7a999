import { ATTENTION_KINDS, type AttentionItem, type MovesQuery } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import {
  apply,
  countersOf,
  emptyLedger,
  InstanceTable,
  isOpen,
  isSuspect,
  type Ledger,
  type LedgerEvent,
  type Move,
  type NodeCounters,
  overlayState,
} from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerAttention } from '../queries/attention-query.ts';
import { answerCounters } from '../queries/counters-query.ts';
import { answerInstance } from '../queries/instance-query.ts';
import { answerMove, answerMoves } from '../queries/move-queries.ts';
import { answerNode } from '../queries/node-queries.ts';
import { LIFE_INSTANCES, lifeSteps } from '../testing/random-history.ts';
import { type FreeStep, foldCommits, throughCheckpoint, writeHistory } from '../testing/random-steps.ts';
import type { InventoryView } from './inventory-view.ts';

const WITHOUT_PAUSES = { pause: () => undefined };

/** A history of moves, folded with a checkpoint somewhere in it. */
async function foldedLife(life: readonly FreeStep[], cut: number) {
  const { writer, commits } = await writeHistory([], life);
  const place = cut % (commits.length + 1);
  const first = foldCommits(commits.slice(0, place));
  first.attention.refresh(first.ledger.nodes);
  const view = foldCommits(commits.slice(place), await throughCheckpoint(first));
  return { writer, commits, view };
}

function everyLife(check: (folded: Awaited<ReturnType<typeof foldedLife>>) => Promise<void> | void): Promise<void> {
  const property = fc.asyncProperty(lifeSteps, fc.nat(1_000), async (life, cut) => check(await foldedLife(life, cut)));
  return fc.assert(property, { numRuns: 40 });
}

/** With what it says of each of these instances, whether or not it has their records. */
function askedFor(ledger: Ledger, ids: Iterable<string>) {
  return { ...ledger, instances: new Map(Array.from(ids, (id) => [id, ledger.instances.get(id)])) };
}

describe('a view of any life of a fleet', () => {
  it('comes back from a checkpoint with every record and index', async () => {
    await everyLife(({ commits, view, writer }) => {
      const straight = foldCommits(commits);
      const ids = Array.from(writer.ledger.instances.keys());
      expect(askedFor(view.ledger, ids)).toEqual(askedFor(writer.ledger, ids));
      expect(askedFor(straight.ledger, ids)).toEqual(askedFor(writer.ledger, ids));
      expect(view.digest.hex()).toBe(straight.digest.hex());
      expect(new Map(view.tenants.sides())).toEqual(new Map(straight.tenants.sides()));
    });
  });

  it('lists for attention what a look at every record finds, on pages of any length', async () => {
    await everyLife(async ({ view, writer }) => {
      const expected = expectedAttention(writer.ledger);
      for (const limit of [1, 3, 1_000]) {
        const found = await walkAttention(view, limit);
        expect(found.map(lineOf)).toEqual(expected);
      }
    });
  });

  it('lists moves by node, instance, kind and status, on pages of any length', async () => {
    await everyLife(async ({ view, writer }) => {
      const moves = Array.from(writer.ledger.moves.values());
      for (const status of ['open', 'charged', 'all'] as const) {
        for (const filter of [
          {},
          { node: 'a' },
          { instance: 'i1' },
          { node: 'b', instance: 'i2' },
          { kind: 'cold' as const },
        ]) {
          const expected = moves.filter((move) => isListed(move, { status, ...filter })).map(({ id }) => id);
          expect(await walkMoves(view, { status, ...filter, limit: 2 })).toEqual(expected.sort());
        }
      }
    });
  });

  it('counts for the cell and each tenant what the nodes count one by one', async () => {
    await everyLife(({ view, writer: { ledger } }) => {
      expect(answerCounters(view, {})).toMatchObject({ ok: true, value: { scope: 'cell', ...summed(ledger) } });
      for (const tenant of [...LIFE_INSTANCES.map((id) => `t-${id}`), 'nobody']) {
        const own = Array.from(ledger.instances).filter(
          ([, each]) => each.status === 'held' && each.claim.tenant === tenant,
        );
        const instances = new InstanceTable();
        for (const [id, each] of own) instances.set(id, each);
        const expected = { ...summed({ ...ledger, instances }), failedBuilds: 0 };
        expect(answerCounters(view, { tenant })).toEqual({
          ok: true,
          value: { scope: 'tenant', id: tenant, ...expected },
        });
      }
    });
  });

  it('keeps for each node, instance and move the events that name or change it', async () => {
    await everyLife(({ view, writer }) => {
      const expected = expectedHistories(writer.events, writer.ledger);
      for (const id of ['a', 'b', 'cc']) {
        expect(view.histories.nodes.newest(id).numbers).toEqual(expected.numbersOf('node', id).slice(-256));
      }
      for (const id of writer.ledger.instances.keys()) {
        expect(view.histories.instances.newest(id).numbers).toEqual(expected.numbersOf('instance', id));
      }
      for (const id of writer.ledger.moves.keys()) {
        expect(view.histories.moves.newest(id).numbers).toEqual(expected.numbersOf('moveId', id));
      }
    });
  });

  it('answers as the schemas of the contract say', async () => {
    await everyLife(async ({ view, writer: { ledger } }) => {
      for (const node of ledger.nodes.keys()) {
        const answer = answerNode(view, { node });
        expect(ANSWER_SCHEMAS.node.safeParse(answer.ok && answer.value).error).toBeUndefined();
        expect(answer).toMatchObject({ value: { sideCount: answer.ok ? answer.value.sides.length : -1 } });
      }
      for (const instance of ledger.instances.keys()) {
        const answer = answerInstance(view, { instance });
        expect(ANSWER_SCHEMAS.instance.safeParse(answer.ok && answer.value).error).toBeUndefined();
      }
      for (const moveId of ledger.moves.keys()) {
        const answer = answerMove(view, { moveId });
        expect(ANSWER_SCHEMAS.move.safeParse(answer.ok && answer.value).error).toBeUndefined();
      }
      const attention = await answerAttention(view, { kinds: ATTENTION_KINDS }, 0, WITHOUT_PAUSES);
      expect(ANSWER_SCHEMAS.attention.safeParse(attention.ok && attention.value).error).toBeUndefined();
      const counters = answerCounters(view, {});
      expect(ANSWER_SCHEMAS.counters.safeParse(counters.ok && counters.value).error).toBeUndefined();
    });
  });
});

async function walkAttention(view: InventoryView, limit: number): Promise<readonly AttentionItem[]> {
  const found: AttentionItem[] = [];
  let after: string | undefined;
  do {
    const from = after === undefined ? {} : { after };
    const page = await answerAttention(view, { kinds: ATTENTION_KINDS, limit, ...from }, 0, WITHOUT_PAUSES);
    if (!page.ok) {
      throw new Error(page.error.message);
    }
    found.push(...page.value.items);
    expect(page.value.items.length).toBeLessThanOrEqual(limit);
    after = page.value.next;
    if (after === undefined) {
      const total = page.value.counts.reduce((sum, { count }) => sum + count, 0);
      expect(found.length).toBe(total);
    }
  } while (after !== undefined);
  return found;
}

function lineOf(item: AttentionItem): string {
  const about = [
    'instance' in item ? item.instance : '',
    item.kind === 'drift' ? item.drift : '',
    'moveId' in item ? item.moveId : '',
    'provider' in item ? item.provider : '',
    item.kind === 'overcommitted' ? item.class : '',
  ];
  return [item.kind, item.node, ...about].join(' ');
}

/** One line per item, in the order of the answer. */
function expectedAttention({ nodes, instances, moves }: Ledger): readonly string[] {
  const lines: string[] = [];
  const add = (kind: string, node: string, instance = '', drift = '', move = '', provider = '', name = ''): void => {
    lines.push([kind, node, instance, drift, move, provider, name].join(' '));
  };
  for (const instance of instances.values()) {
    if (instance.status === 'held') {
      const { node, release, status } = instance.claim;
      if (release !== undefined) add('releasing', node, instance.id);
      if (status === 'unconfirmed') add('unconfirmed', node, instance.id);
    }
  }
  for (const move of moves.values()) {
    const held = instances.get(move.instance);
    const node = held?.status === 'held' ? held.claim.node : move.destination;
    if (isOpen(move)) add('move-open', node, move.instance, '', move.id);
    if (move.isError) add('move-error', node, move.instance, '', move.id);
    if (move.other !== undefined && move.other.state !== 'held') {
      add(move.other.state, move.other.node, move.instance, '', move.id);
    }
  }
  for (const node of nodes.values()) {
    if (node.status.kind === 'retired') continue;
    if (node.status.kind === 'down') add('down', node.id);
    if (node.inventoryStatus.kind === 'stale') add('stale', node.id);
    if (isSuspect(node)) add('suspect', node.id);
    if (node.owesReport !== undefined) add('report-owed', node.id);
    for (const { kind, instance, moveId } of node.drifts ?? []) add('drift', node.id, instance, kind, moveId);
    for (const provider of overlayState(node).pending) add('overlay-pending', node.id, '', '', '', provider);
    for (const { id, inventories } of node.tree.providers) {
      for (const { class: name, charged, capacity } of inventories) {
        if (charged > capacity) add('overcommitted', node.id, '', '', '', id, name);
      }
    }
  }
  const rankOf = (line: string): number => ATTENTION_KINDS.findIndex((kind) => line.startsWith(`${kind} `));
  return lines.sort((left, right) => rankOf(left) - rankOf(right) || (left < right ? -1 : 1));
}

async function walkMoves(view: InventoryView, query: MovesQuery): Promise<readonly string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await answerMoves(view, { ...query, ...(after === undefined ? {} : { after }) }, WITHOUT_PAUSES);
    found.push(...page.moves.map(({ moveId }) => moveId));
    after = page.next;
  } while (after !== undefined);
  return found;
}

function isListed(move: Move, { status, node, instance, kind }: MovesQuery): boolean {
  const hasStatus = { open: isOpen(move), charged: !isOpen(move) && move.other !== undefined, all: true }[
    status ?? 'open'
  ];
  return (
    hasStatus &&
    [undefined, move.source, move.destination].includes(node) &&
    [undefined, move.instance].includes(instance) &&
    [undefined, move.kind].includes(kind)
  );
}

function summed(ledger: Ledger): NodeCounters {
  const all = Array.from(ledger.nodes.keys(), (node) => countersOf(ledger, node));
  const merged = (name: 'byVm' | 'byTask' | 'byOsType' | 'byTenant') => {
    const counts: Record<string, number> = {};
    for (const [key, count] of all.flatMap((each) => Object.entries(each[name]))) {
      counts[key] = (counts[key] ?? 0) + count;
    }
    return counts;
  };
  const total = (name: 'instances' | 'workload' | 'ioWorkload' | 'failedBuilds') =>
    all.reduce((sum, each) => sum + each[name], 0);
  return {
    instances: total('instances'),
    byVm: merged('byVm'),
    byTask: merged('byTask'),
    byOsType: merged('byOsType'),
    byTenant: merged('byTenant'),
    workload: total('workload'),
    ioWorkload: total('ioWorkload'),
    failedBuilds: total('failedBuilds'),
  };
}

/** Words that an event has for other reasons than to say what it is about. */
const BESIDES = new Set(['guests', 'details', 'alternates', 'passedOver', 'actor']);

/** Replays a history and notes for each event the words it names things by, and the records that it replaced. */
function expectedHistories(events: readonly LedgerEvent[], end: Ledger) {
  const ledger = emptyLedger();
  const subjects: (readonly [number, ReadonlySet<string>])[] = [];
  for (const event of events) {
    const before = recordsOf(ledger);
    apply(ledger, event);
    const after = recordsOf(ledger);
    const { command, data } = event;
    const text = JSON.stringify({ command, data }, (key, value: unknown) => (BESIDES.has(key) ? undefined : value));
    const found = new Set<string>(text.match(/"(?:node|instance|moveId|source|destination)":"[^"]*"/g));
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(key) !== after.get(key)) {
        found.add(key);
      }
    }
    for (const [id, { source, destination }] of end.moves) {
      if (found.has(`"moveId":"${id}"`)) {
        found.add(`"source":"${source}"`).add(`"destination":"${destination}"`);
      }
    }
    subjects.push([event.number, found]);
  }
  return {
    numbersOf(name: 'node' | 'instance' | 'moveId', id: string): readonly number[] {
      const names = name === 'node' ? ['node', 'source', 'destination'] : [name];
      return subjects.flatMap(([number, found]) =>
        names.some((each) => found.has(`"${each}":"${id}"`)) ? [number] : [],
      );
    },
  };
}

/** Every record, by the words that an event would name it with. */
function recordsOf({ nodes, instances, moves }: Ledger): ReadonlyMap<string, unknown> {
  const records = new Map<string, unknown>();
  for (const [id, record] of nodes) records.set(`"node":"${id}"`, record);
  // A record of an instance is made anew for everybody who asks.
  for (const [id, record] of instances) records.set(`"instance":"${id}"`, JSON.stringify(record));
  for (const [id, record] of moves) records.set(`"moveId":"${id}"`, record);
  return records;
}
