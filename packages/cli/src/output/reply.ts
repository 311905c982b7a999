import type { AcceptedReply, FleetbookError, UnchangedReply } from '@fleetbook/contracts';
import type { JsonValue } from '@fleetbook/domain';
import { printCharge } from './charge.ts';
import { nextStepFor } from './next-steps.ts';
import { isIntent, resultFacts } from './result-facts.ts';
import { printFacts, styled } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Shows what became of a command. */
export function printReply(terminal: Terminal, reply: AcceptedReply | UnchangedReply): void {
  const { result } = reply;
  printFacts(terminal, [
    ['outcome', outcomeText(reply)],
    ...resultFacts(result),
    ['command', reply.commandId],
    ['token', reply.token],
  ]);
  if ('charge' in result) {
    terminal.print('');
    printCharge(terminal, result.charge);
  }
  terminal.say(styled(terminal, 'dim', `read it back with --at-least ${reply.token}`));
}

function outcomeText({ outcome, result }: AcceptedReply | UnchangedReply): string {
  if (outcome === 'unchanged') {
    return 'unchanged: it was so already';
  }
  return isIntent(result) ? 'accepted as a wish: it stays charged until the agent of its node drops it' : outcome;
}

/** Why, node by node and rule by rule, or who is in the way, and what to do; nothing for errors that say it all. */
export function refusalLines(error: FleetbookError): readonly string[] {
  const reasons = reasonLines(error);
  return reasons.length === 0 ? [] : [...reasons, nextStepFor(error)];
}

interface Refusal {
  readonly code: string;
  readonly details: FleetbookError['details'];
}

/** Why, node by node and rule by rule, or who is in the way. */
export function reasonLines(error: Refusal): readonly string[] {
  const { rules, nodes } = error.details;
  const lines = [...listIn(nodes).flatMap(nodeLines), ...listIn(rules).map(ruleLine), ...holderLines(error)];
  return [...partLines(error), ...(lines.length === 0 ? providerLines(error) : lines)];
}

/** The same, but for the rules that a table shows. */
export function reasonsBesideTable({ code, details }: Refusal): readonly string[] {
  const rules = listIn(details['rules']).filter((rule) => !isObject(rule) || rule['rule'] === undefined);
  return reasonLines({ code, details: { ...details, rules } });
}

/** Which command of an atomic batch. */
function partLines({ details: { part } }: Refusal): readonly string[] {
  return typeof part === 'number' ? [`part ${part} of the batch, from 0; all figures are those before the batch`] : [];
}

const ABOUT_A_PROVIDER: readonly string[] = ['UNKNOWN_PROVIDER', 'UNKNOWN_CLASS', 'UNIT_TAKEN', 'NO_CAPACITY'];

/** What a command names besides its node, where no rule says it. */
function providerLines({ code, details }: Refusal): readonly string[] {
  const { provider, class: name } = details;
  return !ABOUT_A_PROVIDER.includes(code) || typeof provider !== 'string'
    ? []
    : [typeof name === 'string' ? `provider ${provider}, class ${name}` : `provider ${provider}`];
}

/** One of several nodes that were tried. */
function nodeLines(node: JsonValue): readonly string[] {
  if (!isObject(node)) {
    return [];
  }
  const { reason, since } = node;
  const start = typeof since === 'number' ? ` since ${new Date(since).toISOString()}` : '';
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  const head = `${node['node']} ${node['code']}${start}${why}`;
  const rules = listIn(node['rules']);
  return rules.length === 0 ? [head] : rules.map((rule) => `${head}: ${ruleLine(rule)}`);
}

/** Who has to leave a node first. */
function holderLines({ code, details }: Refusal): readonly string[] {
  const { holders, more } = details;
  if (code !== 'NODE_NOT_EMPTY') {
    return [];
  }
  const lines = listIn(holders).flatMap((holder) => {
    if (!isObject(holder)) {
      return [];
    }
    const { instance, claimId, moveId, state } = holder;
    const held = claimId === undefined ? `move ${moveId}, ${state}` : `claim ${claimId}`;
    return [`holds ${instance} (${held})`];
  });
  return typeof more === 'number' && more > 0 ? [...lines, `and ${more} more`] : lines;
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function ruleLine(rule: JsonValue): string {
  const figure = (name: string): string => {
    const found = isObject(rule) ? rule[name] : undefined;
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  };
  const group = figure('group') === '' ? '' : `group ${figure('group')}: `;
  const figures = FIGURES.filter(([name]) => figure(name) !== '').map(([name, text]) => `${text} ${figure(name)}`);
  const what = [figure('class'), figure('rule')].filter((text) => text !== '').join(' ');
  return `${group}${what}: ${figures.join(', ')}`;
}

const FIGURES = [
  ['requested', 'requested'],
  ['capacity', 'capacity'],
  ['charged', 'charged'],
  ['held', 'of it held by the instance'],
  ['headroom', 'headroom'],
  ['largestFree', 'largest free'],
] as const;

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
