import type {
  ClaimStand,
  DiffAnswer,
  Difference,
  DifferenceCounts,
  DiffQuery,
  InstantView,
  InventoryDifference,
  MoveStand,
  NodeDifference,
  ShelvedDifference,
} from '@fleetbook/contracts';
import { encodeQuery, parseQuery } from '@fleetbook/contracts';
import { type Call, type Ending, NO, OK, type Run } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { type Column, printFacts, printTable, styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { sayWhen } from '../session/question.ts';
import { type Source, withPast } from '../session/source.ts';

/** No time ago: the end of the log, or of an incident file. */
const NOW = '0s';

export const diff: Run = async (call) => {
  const [node, tenant, limit] = [call.args.text('node'), call.args.text('tenant'), call.args.number('limit')];
  const fields: DiffQuery = {
    from: call.args.word('X'),
    to: call.args.optionalWord('Y') ?? NOW,
    ...(node === undefined ? {} : { node }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(limit === undefined ? {} : { limit }),
  };
  const read = parseQuery('diff', encodeQuery('diff', fields));
  if (!read.ok) {
    return { failure: read.error };
  }
  return withPast(call, async (source): Promise<Ending> => {
    const reply = await source.ask('diff', fields);
    if (reply.outcome === 'error') {
      return { failure: reply.error };
    }
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply));
    } else {
      printDifference(call.terminal, reply.answer);
      sayInstants(call.terminal, reply.answer);
      await sayIfUnknown(call, source, tenant, reply.answer);
    }
    return reply.answer.isSame ? OK : NO;
  });
};

/** What a tenant never had is the same as well: a name that was written wrong looks like it. */
async function sayIfUnknown(
  { terminal }: Call,
  source: Source,
  tenant: string | undefined,
  { from, to, isSame }: DiffAnswer,
): Promise<void> {
  if (tenant === undefined || !isSame) {
    return;
  }
  for (const { number } of [from, to]) {
    const usage = await source.ask('usage', { tenant, asOf: String(number) });
    if (usage.outcome === 'error' || usage.answer.nodes > 0) {
      return;
    }
  }
  terminal.say(`tenant ${tenant} held nothing at either instant`);
}

const NAMES = ['nodes', 'inventory', 'claims', 'shelved', 'moves'] as const;

/** Counts first, then what differs. */
export function printDifference(terminal: Terminal, answer: DiffAnswer): void {
  printFacts(
    terminal,
    NAMES.flatMap((name): readonly (readonly [string, string])[] => {
      const counts = answer.counts[name];
      return counts === undefined ? [] : [[name, countsText(counts)]];
    }),
  );
  printPart(terminal, withOthers(NODE_COLUMNS, answer.nodes, nodeText), answer.nodes, answer.counts.nodes);
  printPart(
    terminal,
    withOthers(INVENTORY_COLUMNS, answer.inventory, boundsText),
    answer.inventory,
    answer.counts.inventory,
  );
  printPart(terminal, CLAIM_COLUMNS, answer.claims, answer.counts.claims);
  printPart(terminal, SHELVED_COLUMNS, answer.shelved ?? [], answer.counts.shelved ?? NONE);
  printPart(terminal, MOVE_COLUMNS, answer.moves, answer.counts.moves);
}

function sayInstants(terminal: Terminal, { from, to }: DiffAnswer): void {
  terminal.say(styled(terminal, 'dim', 'from'));
  sayInstant(terminal, from);
  terminal.say(styled(terminal, 'dim', 'to'));
  sayInstant(terminal, to);
}

function sayInstant(terminal: Terminal, { token, ...past }: InstantView): void {
  sayWhen(terminal, { token, at: past.at, past });
}

const NONE: DifferenceCounts = { added: 0, removed: 0, changed: 0 };

function countsText({ added, removed, changed }: DifferenceCounts): string {
  const parts = [
    ...(added === 0 ? [] : [`${added} added`]),
    ...(removed === 0 ? [] : [`${removed} removed`]),
    ...(changed === 0 ? [] : [`${changed} changed`]),
  ];
  return parts.length === 0 ? 'the same' : parts.join(', ');
}

function printPart<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { added, removed, changed }: DifferenceCounts,
): void {
  if (rows.length === 0) {
    return;
  }
  terminal.print('');
  printTable(terminal, columns, rows);
  const more = added + removed + changed - rows.length;
  if (more > 0) {
    terminal.say(`and ${more} more: a higher --limit, or --node`);
  }
}

function signOf<Stand>({ before, after }: Difference<Stand>): string {
  if (before === undefined) {
    return '+';
  }
  return after === undefined ? '-' : '~';
}

/** One side alone, or both where they differ. */
function bothOf<Stand>({ before, after }: Difference<Stand>, textOf: (stand: Stand) => string): string {
  const left = before === undefined ? undefined : textOf(before);
  const right = after === undefined ? undefined : textOf(after);
  return left === undefined || right === undefined || left === right ? (right ?? left ?? '') : `${left} -> ${right}`;
}

/** A column more, where some row differs in what the others do not show. */
function withOthers<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  textOf: (row: Row) => string,
): readonly Column<Row>[] {
  return rows.some((row) => textOf(row) !== '') ? [...columns, { title: 'besides', cell: textOf }] : columns;
}

/** Both sides where both are there and differ. */
function changeOf<Stand>({ before, after }: Difference<Stand>, name: string, textOf: (stand: Stand) => string): string {
  const [left, right] = [before, after].map((stand) => (stand === undefined ? undefined : textOf(stand) || 'none'));
  return left === undefined || right === undefined || left === right ? '' : `${name} ${left} -> ${right}`.trimStart();
}

function nodeText(row: NodeDifference): string {
  const facts = [
    changeOf(row, '', ({ isFenced = false }) => (isFenced ? 'fenced' : 'not fenced')),
    changeOf(row, '', ({ isSuspect = false }) => (isSuspect ? 'suspect' : 'not suspect')),
    changeOf(row, 'may go to', ({ transferTo = '' }) => transferTo),
    changeOf(row, 'owes a report since event', ({ owesReport = '' }) => String(owesReport)),
  ];
  return [...facts, ...(row.providers ?? []).map(providerText)].filter((text) => text !== '').join('; ');
}

function providerText({ provider, before, after }: NonNullable<NodeDifference['providers']>[number]): string {
  if (before === undefined || after === undefined) {
    return `${before === undefined ? '+' : '-'}${provider}`;
  }
  const both = { before, after };
  const changes = [
    changeOf(both, 'below', ({ parent = '' }) => parent),
    changeOf(both, 'traits', ({ traits }) => traits.join(' ')),
    changeOf(both, 'aggregates', ({ aggregates }) => aggregates.join(' ')),
  ];
  return `${provider} ${changes.filter((text) => text !== '').join(', ')}`;
}

function boundsText(row: InventoryDifference): string {
  const changes = [
    changeOf(row, 'at least', ({ minUnit = '' }) => String(minUnit)),
    changeOf(row, 'at most', ({ maxUnit = '' }) => String(maxUnit)),
    changeOf(row, 'step', ({ stepSize = '' }) => String(stepSize)),
    changeOf(row, 'ratio', ({ allocationRatio = '' }) => String(allocationRatio)),
    changeOf(row, 'units', ({ units = [] }) => units.join(' ')),
    changeOf(row, '', ({ isVanished }) => (isVanished ? 'vanished' : 'reported')),
  ];
  return changes.filter((text) => text !== '').join(', ');
}

const NODE_COLUMNS: readonly Column<NodeDifference>[] = [
  { title: '', cell: signOf },
  { title: 'node', cell: ({ node }) => node },
  { title: 'status', cell: (row) => bothOf(row, ({ status }) => status) },
  { title: 'inventory', cell: (row) => bothOf(row, ({ inventoryStatus }) => inventoryStatus) },
  { title: 'claims', cell: (row) => bothOf(row, ({ claims }) => String(claims)) },
  { title: 'charged / capacity', cell: classesText },
];

function classesText({ classes }: NodeDifference): string {
  return classes
    .map((row) => `${row.class} ${bothOf(row, ({ charged, capacity }) => `${charged}/${capacity}`)}`)
    .join('  ');
}

const INVENTORY_COLUMNS: readonly Column<InventoryDifference>[] = [
  { title: '', cell: signOf },
  { title: 'inventory of', cell: ({ node }) => node },
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'class', cell: (row) => row.class },
  { title: 'total', cell: (row) => bothOf(row, ({ total }) => String(total)) },
  { title: 'reserved', cell: (row) => bothOf(row, ({ reserved }) => String(reserved)) },
  { title: 'capacity', cell: (row) => bothOf(row, ({ capacity }) => String(capacity)) },
];

const CLAIM_COLUMNS: readonly Column<DiffAnswer['claims'][number]>[] = [
  { title: '', cell: signOf },
  { title: 'claim of', cell: ({ instance }) => instance },
  { title: 'node', cell: (row) => bothOf(row, ({ node }) => node) },
  { title: 'state', cell: (row) => [bothOf(row, ({ status }) => status), otherClaimOf(row)].join('') },
  { title: 'tenant', cell: ({ before, after }) => after?.tenant ?? before?.tenant ?? '' },
  { title: 'charge', cell: (row) => bothOf(row, ({ charge }: ClaimStand) => chargeText(charge)) },
];

/** Held again: what it had may be all the same. */
function otherClaimOf({ before, after }: DiffAnswer['claims'][number]): string {
  const isOther = before !== undefined && after !== undefined && before.claimId !== after.claimId;
  return isOther ? `, claim ${before.claimId} -> ${after.claimId}` : '';
}

const SHELVED_COLUMNS: readonly Column<ShelvedDifference>[] = [
  { title: '', cell: signOf },
  { title: 'shelved', cell: ({ instance }) => instance },
  { title: 'was on', cell: (row) => bothOf(row, ({ node }) => node) },
  { title: 'tenant', cell: ({ before, after }) => after?.tenant ?? before?.tenant ?? '' },
];

const MOVE_COLUMNS: readonly Column<DiffAnswer['moves'][number]>[] = [
  { title: '', cell: signOf },
  { title: 'move', cell: ({ moveId }) => moveId },
  { title: 'of', cell: ({ before, after }) => (after ?? before)?.instance ?? '' },
  { title: 'kind', cell: ({ before, after }) => (after ?? before)?.kind ?? '' },
  { title: 'way', cell: ({ before, after }) => wayOf(after ?? before) },
  { title: 'state', cell: (row) => bothOf(row, ({ state, isError }) => (isError ? `${state}, in error` : state)) },
];

function wayOf(move: MoveStand | undefined): string {
  return move === undefined ? '' : `${move.source ?? 'shelf'} -> ${move.destination}`;
}
