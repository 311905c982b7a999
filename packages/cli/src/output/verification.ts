import type { LogRange } from '@fleetbook/replay';
import { type Call, type Ending, NO, OK } from '../call.ts';
import type { NodeComparison, NodeDifference } from '../verify/compare-node.ts';
import type { FoldedLog } from '../verify/fold-log.ts';
import type { LiveDigest } from '../verify/live-digests.ts';
import { stateBeforeText, unreadFacts } from './range.ts';
import { printFacts, printTable, styled } from './table.ts';

/** What a verification has come to. */
export interface Verification {
  readonly folded: FoldedLog;
  /** Undefined: the whole log. */
  readonly range: LogRange | undefined;
  readonly services: readonly LiveDigest[];
  readonly nodes: readonly NodeComparison[];
  /** Commits of the log after the range. */
  readonly unread: number;
}

/** A running service's digest beside that of the replay at the same event. */
interface Comparison {
  readonly service: string;
  readonly text: string;
  /** Undefined where nothing could be compared. */
  readonly isEqual: boolean | undefined;
}

/** Shows it; 0 when all of it can be trusted and no node differs. */
export function showVerification(call: Call, verification: Verification): Ending {
  const { folded, range, services, nodes } = verification;
  const comparisons = services.map((live) => compare(live, folded));
  const faults = [
    ...(folded.reference === undefined || folded.replay === folded.reference ? [] : ['replay and reference differ']),
    ...folded.violations,
    ...folded.checkpoints.refuted.map((upTo) => `the checkpoint of event ${upTo} and replay differ`),
    ...comparisons.flatMap(({ service, isEqual }) => (isEqual === false ? [`${service} and replay differ`] : [])),
  ];
  const isTrusted = faults.length === 0;
  const ending = isTrusted && nodes.every(({ differences }) => differences.length === 0) ? OK : NO;
  if (call.args.isSet('json')) {
    printDocument(call, verification, { isTrusted, faults });
    return ending;
  }
  const { commits, end, historyId, number, replay, last } = folded;
  const from = (range?.after.number ?? 0) + 1;
  printFacts(call.terminal, [
    ['log', `${commits} commits, ${last - from + 1} events${rangeText(from, last)}, history ${historyId}`],
    ...startFacts(range),
    ['chain', `sound up to event ${end.number}: ${end.hash}`],
    ['replay', `${replay} at event ${number}`],
    ['reference', referenceText(folded)],
    ...checkpointFacts(folded.checkpoints),
    ...comparisons.map(({ service, text }) => [service, text] as const),
    ...unreadFacts(verification.unread, last),
  ]);
  nodes.forEach((node) => void printNode(call, node, last));
  call.terminal.print(
    isTrusted
      ? styled(call.terminal, 'green', trustText(verification, comparisons))
      : styled(call.terminal, 'red', `It cannot be trusted: ${faults.join('; ')}.`),
  );
  nodes.forEach((node) => void printVerdict(call, node));
  return ending;
}

function printDocument(
  { terminal }: Call,
  { folded, range, services, nodes, unread }: Verification,
  verdict: { readonly isTrusted: boolean; readonly faults: readonly string[] },
): void {
  const { historyId, commits, end, number, replay, reference, checkpoints, last } = folded;
  const log = { historyId, commits, events: end.number, hash: end.hash };
  const after = range?.after.number ?? 0;
  const part = range === undefined ? {} : { range: { from: after + 1, to: last, unread, ...range.start?.proof } };
  const against = nodes.length === 0 ? {} : { against: nodes };
  const digests = { number, replay, ...(reference === undefined ? {} : { reference }) };
  terminal.print(JSON.stringify({ ...verdict, log, ...part, ...digests, checkpoints, live: services, ...against }));
}

function rangeText(from: number, last: number): string {
  return from === 1 ? '' : `, ${from} to ${last}`;
}

/** What a range begins with. */
function startFacts(range: LogRange | undefined): readonly (readonly [string, string])[] {
  if (range?.start === undefined) {
    return [];
  }
  const { view, proof } = range.start;
  const before = stateBeforeText({ number: range.after.number, ...proof });
  return [['state before', `${view.digest.hex()} ${before}`]];
}

function referenceText({ reference, number }: FoldedLog): string {
  return reference === undefined
    ? 'not folded: it would have to begin with event 1'
    : `${reference} at event ${number}`;
}

function trustText({ folded, range }: Verification, comparisons: readonly Comparison[]): string {
  const equal = [
    ...(folded.reference === undefined ? [] : ['reference']),
    ...comparisons.filter(({ isEqual }) => isEqual).map(({ service }) => service),
  ];
  const replays = equal.length === 0 ? 'it can be replayed' : `replay = ${equal.join(' = ')}`;
  const from = (range?.after.number ?? 0) + 1;
  const part = range === undefined ? '' : `, from event ${from} to ${folded.last}`;
  return `It can be trusted${part}: the chain is whole, and ${replays}${provedText(folded)}.`;
}

/** Nothing where a log is too young to have any. */
function checkpointFacts({
  proved,
  refuted,
  revoked,
}: FoldedLog['checkpoints']): readonly (readonly [string, string])[] {
  const newest = proved.at(-1);
  const agree = newest === undefined ? [] : [`${proved.length} proved, the newest of event ${newest}`];
  const differ = refuted.length === 0 ? [] : [`differ: ${refuted.map((upTo) => `of event ${upTo}`).join(', ')}`];
  const given = revoked.length === 0 ? [] : [`${revoked.length} revoked`];
  const texts = [...agree, ...differ, ...given];
  return texts.length === 0 ? [] : [['checkpoints', texts.join('; ')]];
}

/** In the one line. */
function provedText({ checkpoints: { proved } }: FoldedLog): string {
  const newest = proved.at(-1);
  return newest === undefined
    ? ''
    : `, with ${proved.length} ${proved.length === 1 ? 'checkpoint' : 'checkpoints'} up to event ${newest}`;
}

function compare(live: LiveDigest, { digestAt, last }: FoldedLog): Comparison {
  const { service } = live;
  if ('silent' in live) {
    return { service, text: `does not answer (${live.silent})`, isEqual: undefined };
  }
  if ('missing' in live) {
    return { service, text: live.missing, isEqual: undefined };
  }
  const found = `${live.digest} at event ${live.number}`;
  if (live.number > last) {
    return { service, text: `${found}, after the range`, isEqual: undefined };
  }
  const replayed = digestAt.get(live.number);
  const isEqual = replayed === live.digest;
  return {
    service,
    text: isEqual ? found : `${found}, replay has ${replayed ?? 'no commit that ends there'}`,
    isEqual,
  };
}

function printNode({ terminal }: Call, { differences }: NodeComparison, last: number): void {
  if (differences.length > 0) {
    printTable<NodeDifference>(
      terminal,
      [
        { title: 'differs', cell: ({ kind }) => kind },
        { title: 'about', cell: ({ about }) => about },
        { title: `ledger at event ${last}`, cell: ({ ledger }) => valueText(ledger) },
        { title: 'node', cell: ({ node }) => valueText(node) },
        { title: 'details', cell: ({ details }) => valueText(details) },
      ],
      differences,
    );
  }
}

function valueText(value: NodeDifference['details']): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function printVerdict({ terminal }: Call, { node, differences, passedOver }: NodeComparison): void {
  const over =
    passedOver.length === 0 ? '' : ` Nothing is said of ${passedOver.join(', ')}: on the way or changed since.`;
  terminal.print(
    differences.length === 0
      ? styled(terminal, 'green', `${node} agrees with the ledger.${over}`)
      : styled(terminal, 'red', `${node} differs from the ledger in ${differences.length}.${over}`),
  );
}
