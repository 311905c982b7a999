import type { NodeSummary, UsageAnswer } from '@fleetbook/contracts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { printInstance } from '../output/instance.ts';
import { printMove } from '../output/move.ts';
import { printNode } from '../output/node.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { ask, question, sayWhen } from '../session/question.ts';
import { withSource } from '../session/source.ts';
import { NODE_COLUMNS } from './nodes.ts';
import { printUsage } from './usage.ts';

export const state: Run = async (call) => {
  const [node, instance, moveId] = [call.args.text('node'), call.args.text('instance'), call.args.text('move')];
  if ([node, instance, moveId].filter((id) => id !== undefined).length > 1) {
    return { failure: usageFailure('--node, --instance and --move exclude each other') };
  }
  if (node !== undefined) {
    return question(call, 'node', { node }, { print: printNode });
  }
  if (instance !== undefined) {
    return question(call, 'instance', { instance }, { print: printInstance });
  }
  return moveId === undefined ? stateOfCell(call) : question(call, 'move', { moveId }, { print: printMove });
};

/** Nodes beyond these are counted in the usage, and listed by `node list`. */
const NODES_SHOWN = 100;

function stateOfCell(call: Call): Promise<Ending> {
  return withSource(call, async (source): Promise<Ending> => {
    const usage = await ask(call, source, 'usage', {});
    if (!usage.ok) {
      return { failure: usage.error };
    }
    const nodes = await ask(call, source, 'nodes', { limit: NODES_SHOWN });
    if (!nodes.ok) {
      return { failure: nodes.error };
    }
    if (call.args.isSet('json')) {
      const answer = { usage: usage.value.answer, ...nodes.value.answer };
      call.terminal.print(JSON.stringify({ ...nodes.value, answer }));
    } else {
      print(call.terminal, usage.value.answer, nodes.value.answer.nodes);
      sayWhen(call.terminal, nodes.value);
    }
    return OK;
  });
}

function print(terminal: Terminal, usage: UsageAnswer, nodes: readonly NodeSummary[]): void {
  printUsage(terminal, usage);
  terminal.print('');
  printTable(terminal, NODE_COLUMNS, nodes);
  if (usage.nodes > nodes.length) {
    terminal.say(`there are more: fleetbook node list --after ${nodes.at(-1)?.node}`);
  }
}
