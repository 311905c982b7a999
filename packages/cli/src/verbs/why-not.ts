import type { WhyNotAnswer } from '@fleetbook/contracts';
import { type Run, usageFailure } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { printReasons } from '../output/reasons.ts';
import { ruleColumns } from '../output/rules.ts';
import { type Column, printTable, styled } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { readNodeQuestion } from '../session/node-question.ts';
import { question } from '../session/question.ts';

export const whyNot: Run = async (call) => {
  const read = await readNodeQuestion(call);
  if (!read.ok) {
    return { failure: read.error };
  }
  const node = call.args.text('node');
  if (node === undefined) {
    return { failure: usageFailure('--node says which node is asked about') };
  }
  const { request, traits } = read.value;
  const asked = { ...request, ...(traits === undefined ? {} : { traits }) };
  return question(call, 'why-not', { node, request: asked }, { print, isYes: ({ fits }) => fits });
};

function print(terminal: Terminal, answer: WhyNotAnswer): void {
  const { node, fits, charge, closed, reason, rules, traits, releases, elsewhere, reasons } = answer;
  if (fits) {
    terminal.print(styled(terminal, 'green', `It fits on ${node}: ${chargeText(charge ?? [])}`));
    return;
  }
  terminal.print(styled(terminal, 'yellow', `It does not fit on ${node}: ${reason}`));
  if (closed !== undefined && charge !== undefined) {
    terminal.print(`There is room for ${chargeText(charge)}, but the node takes no claims.`);
  }
  if (rules.length > 0) {
    terminal.print('');
    printTable(terminal, ruleColumns(rules), rules);
  }
  if (traits.length > 0) {
    terminal.print('');
    printTable(terminal, TRAIT_COLUMNS, traits);
  }
  terminal.print('');
  printTable(terminal, POSSIBLE_COLUMNS, answer.possible);
  if (releases.length > 0) {
    terminal.print('');
    terminal.print(`It would fit if ${releases.length === 1 ? 'this' : `these ${releases.length}`} were released:`);
    printTable(terminal, RELEASE_COLUMNS, releases);
  } else if (charge === undefined) {
    terminal.print('No release on the node makes room for it.');
  }
  terminal.print('');
  if (elsewhere.length > 0) {
    terminal.print('It fits elsewhere:');
    printTable(terminal, ELSEWHERE_COLUMNS, elsewhere);
  } else {
    terminal.print('It fits on no node of the cell:');
    printReasons(terminal, reasons);
  }
  if (!answer.isComplete) {
    terminal.say('the work limit ended the search: there may be more');
  }
}

const POSSIBLE_COLUMNS: readonly Column<WhyNotAnswer['possible'][number]>[] = [
  { title: 'group', cell: ({ group }) => group },
  { title: 'class', cell: (row) => row.class },
  { title: 'requested', cell: ({ requested }) => requested, isNumeric: true },
  { title: 'would fit', cell: ({ possible }) => possible, isNumeric: true },
];

const TRAIT_COLUMNS: readonly Column<WhyNotAnswer['traits'][number]>[] = [
  { title: 'group', cell: ({ group }) => group },
  { title: 'provider', cell: ({ provider = 'any' }) => provider },
  { title: 'needs', cell: ({ missing }) => missing.map((some) => some.join(' or ')).join(', ') },
  { title: 'must not have', cell: ({ forbidden }) => forbidden.join(', ') },
];

const RELEASE_COLUMNS: readonly Column<WhyNotAnswer['releases'][number]>[] = [
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'tenant', cell: ({ tenant = '' }) => tenant },
  { title: 'by', cell: ({ claimId, moveId, side }) => claimId ?? `move ${moveId}, ${side}` },
  { title: 'state', cell: ({ state }) => state },
  { title: 'frees', cell: ({ charge }) => chargeText(charge) },
];

const ELSEWHERE_COLUMNS: readonly Column<WhyNotAnswer['elsewhere'][number]>[] = [
  { title: 'node', cell: ({ node }) => node },
  { title: 'would charge', cell: ({ charge }) => chargeText(charge) },
];
