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

/** Why a claim did not fit, rule by rule, and what to do next; nothing for errors that say it all themselves. */
export function refusalLines(error: FleetbookError): readonly string[] {
  const rules = error.details['rules'];
  if (!Array.isArray(rules)) {
    return [];
  }
  return [...rules.map(ruleLine), nextStepFor(error)];
}

function ruleLine(rule: JsonValue): string {
  const figure = (name: string): string => {
    const found = isObject(rule) ? rule[name] : undefined;
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  };
  const group = figure('group') === '' ? '' : `group ${figure('group')}: `;
  return (
    `${group}${figure('class')} ${figure('rule')}: requested ${figure('requested')}, capacity ${figure('capacity')}, ` +
    `charged ${figure('charged')}, headroom ${figure('headroom')}, largest free ${figure('largestFree')}`
  );
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
