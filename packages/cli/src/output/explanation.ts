import type { ExplainAnswer, ExplainedClass, ExplainedLink, SecondJudgement } from '@fleetbook/contracts';
import { chargeText } from './charge.ts';
import { aboutEvent } from './events.ts';
import { otherFacts } from './other-decisions.ts';
import { reasonsBesideTable } from './reply.ts';
import { numeric, ruleColumns } from './rules.ts';
import { type Column, printFacts, printTable, styled } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Tells people how a decision came about: who asked for what, on which state, by which rule, and what came of it. */
export function printExplanation(terminal: Terminal, answer: ExplainAnswer): void {
  terminal.print(styled(terminal, answer.outcome === 'refused' ? 'yellow' : 'green', headline(answer)));
  if (answer.refusal !== undefined) {
    terminal.print(answer.refusal.message);
    reasonsOf(answer).forEach(terminal.print);
  }
  printFacts(terminal, factsOf(answer));
  if (answer.again.agrees === false) {
    terminal.print(styled(terminal, 'red', `This is not what is recorded: ${judgementText(answer.again)}.`));
  }
  printPart(terminal, 'rule by rule', ruleColumns(answer.rules), answer.rules);
  printPart(terminal, 'the state it was judged on', NODE_COLUMNS, nodeRows(answer));
  printPart(terminal, '', INSTANCE_COLUMNS, answer.instances);
  printPart(terminal, '', MOVE_COLUMNS, answer.moves);
  printPart(terminal, 'in the way', HOLDER_COLUMNS, answer.holders);
  printPart(terminal, 'causes', LINK_COLUMNS, answer.causes);
  printPart(terminal, 'consequences', LINK_COLUMNS, answer.consequences);
  if (!answer.isComplete) {
    terminal.say('causes or consequences are cut: fleetbook timeline shows them all');
  }
}

/** What the tables below do not show of a refusal. */
function reasonsOf({ events: [first] }: ExplainAnswer): readonly string[] {
  return first?.type === 'CommandRejected' ? reasonsBesideTable(first.data).map((line) => `  ${line}`) : [];
}

function headline({ outcome, refusal, events }: ExplainAnswer): string {
  const [first] = events;
  const name = first?.command?.type ?? first?.type ?? '';
  switch (outcome) {
    case 'refused':
      return `${name} was refused: ${refusal?.code}`;
    case 'accepted':
      return `${name} was accepted`;
    case 'own':
      return `${name} was decided by the ledger itself`;
  }
}

function factsOf(answer: ExplainAnswer): readonly (readonly [string, string])[] {
  const [first] = answer.events;
  const last = answer.events.at(-1);
  if (first === undefined || last === undefined) {
    return [];
  }
  const { command, issuedAt, actor } = first;
  const numbers = first.number === last.number ? `event ${first.number}` : `events ${first.number} to ${last.number}`;
  const { judgedOn } = answer;
  return [
    ['about', aboutEvent(first)],
    ['command', first.commandId],
    ['by', `${actor.role} ${actor.id}`],
    ...otherFacts(answer.others ?? []),
    ...(command === undefined ? [] : [['from', originText(command.origin)] as const]),
    ...(issuedAt === undefined ? [] : [['issued', timeText(issuedAt)] as const]),
    ['recorded', `${timeText(first.at)}, ${numbers}`],
    ['decided', answer.events.map(({ type }) => type).join(', ')],
    ...(judgedOn === undefined ? [] : [['judged on', `event ${judgedOn.number}, ${timeText(judgedOn.at)}`] as const]),
    ...(answer.refusal === undefined ? [] : [['rule', answer.refusal.about] as const]),
    ...(answer.time === undefined ? [] : [['rule', timeRuleText(answer.time)] as const]),
    ['judged again', judgementText(answer.again)],
  ];
}

function timeRuleText({ rule, limitMs, since }: NonNullable<ExplainAnswer['time']>): string {
  const limit = `${limitMs} ms${since === undefined ? '' : ` after ${timeText(since)}`}`;
  switch (rule) {
    case 'time-to-live':
      return `a claim that nobody confirms expires when its time to live is over: ${limit}`;
    case 'auto-confirm':
      return `a finished move that nobody reverts is confirmed when the window of the policy is over: ${limit}`;
    case 'silence':
      return `what a node has is not known any more when it has not reported for three intervals: ${limit}`;
  }
}

function originText({
  client,
  version,
  host,
}: {
  readonly client: string;
  readonly version: string;
  readonly host: string;
}) {
  return `${client} ${version} on ${host}`;
}

function judgementText({ agrees, outcome, code }: SecondJudgement): string {
  if (agrees === undefined) {
    return 'no command to judge';
  }
  return `${agrees ? 'the same' : 'another'}: ${outcome}${code === undefined ? '' : `, ${code}`}`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function printPart<Row>(
  terminal: Terminal,
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  if (rows.length === 0) {
    return;
  }
  terminal.print('');
  if (title !== '') {
    terminal.print(styled(terminal, 'bold', title));
  }
  printTable(terminal, columns, rows);
}

interface NodeRow {
  readonly node: string;
  readonly status: string;
  readonly figures: Partial<ExplainedClass>;
}

function nodeRows({ nodes }: ExplainAnswer): readonly NodeRow[] {
  return nodes.flatMap(({ node, stand, classes }): readonly NodeRow[] => {
    const status = stand === undefined ? 'unknown' : `${stand.status}, inventory ${stand.inventoryStatus}`;
    return (classes.length === 0 ? [{}] : classes).map((figures) => ({ node, status, figures }));
  });
}

const NODE_COLUMNS: readonly Column<NodeRow>[] = [
  { title: 'node', cell: ({ node }) => node },
  { title: 'status', cell: ({ status }) => status },
  { title: 'class', cell: ({ figures }) => figures.class ?? '' },
  numeric('requested', ({ figures }) => figures.requested ?? ''),
  numeric('capacity', ({ figures }) => figures.capacity ?? ''),
  numeric('charged', ({ figures }) => figures.charged ?? ''),
  numeric('headroom', ({ figures }) => figures.headroom ?? ''),
  numeric('largest free', ({ figures }) => figures.largestFree ?? ''),
];

const INSTANCE_COLUMNS: readonly Column<ExplainAnswer['instances'][number]>[] = [
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'status', cell: ({ status, stand }) => (status === 'none' ? 'held nowhere' : (stand?.status ?? status)) },
  { title: 'claim', cell: ({ stand }) => stand?.claimId ?? '' },
  { title: 'node', cell: ({ stand }) => stand?.node ?? '' },
  { title: 'charge', cell: ({ stand }) => chargeText(stand?.charge ?? []) },
];

const MOVE_COLUMNS: readonly Column<ExplainAnswer['moves'][number]>[] = [
  { title: 'move', cell: ({ moveId }) => moveId },
  { title: 'state', cell: ({ stand }) => stand?.state ?? 'none' },
  { title: 'kind', cell: ({ stand }) => stand?.kind ?? '' },
  {
    title: 'way',
    cell: ({ stand }) => (stand === undefined ? '' : `${stand.source ?? 'shelf'} -> ${stand.destination}`),
  },
];

const HOLDER_COLUMNS: readonly Column<ExplainAnswer['holders'][number]>[] = [
  { title: 'node', cell: ({ node }) => node },
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'tenant', cell: ({ tenant = '' }) => tenant },
  { title: 'by', cell: ({ claimId, moveId, side }) => claimId ?? `move ${moveId}, ${side}` },
  { title: 'state', cell: ({ state }) => state },
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'class', cell: (row) => row.class },
  numeric('amount', ({ amount }) => amount),
  { title: 'units', cell: ({ units = [] }) => units.join(' ') },
];

const LINK_COLUMNS: readonly Column<ExplainedLink>[] = [
  numeric('event', ({ number }) => String(number)),
  { title: 'time', cell: ({ at }) => timeText(at) },
  { title: 'type', cell: ({ type, code }) => (code === undefined ? type : `${type} ${code}`) },
  { title: 'by', cell: ({ actor }) => `${actor.role} ${actor.id}` },
  { title: 'command', cell: ({ commandId }) => commandId },
  { title: 'through', cell: ({ relation, of }) => `${relation} ${of}` },
];
