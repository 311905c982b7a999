import type { NodeAnswer, NodeSummary, NodesQuery } from '@fleetbook/contracts';
import { type Ending, OK, type Run } from '../call.ts';
import { printFigures } from '../output/figures.ts';
import { type Column, printFacts, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { ask, question, sayWhen } from '../session/question.ts';
import { withSource } from '../session/source.ts';
import { statusText } from './node-status.ts';

const PAGE = 1_000;

export const nodeList: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    const limit = call.args.number('limit') ?? 100;
    const nodes: NodeSummary[] = [];
    for (let after = call.args.text('after'); ; ) {
      const reply = await ask(call, source, 'nodes', pageQuery(call.args, Math.min(PAGE, limit - nodes.length), after));
      if (!reply.ok) {
        return { failure: reply.error };
      }
      nodes.push(...reply.value.answer.nodes);
      after = reply.value.answer.next;
      if (after !== undefined && nodes.length < limit) {
        continue;
      }
      if (call.args.isSet('json')) {
        const answer = { nodes, ...(after === undefined ? {} : { next: after }) };
        call.terminal.print(JSON.stringify({ ...reply.value, answer }));
      } else {
        printTable(call.terminal, NODE_COLUMNS, nodes);
        if (after !== undefined) {
          call.terminal.say(`there are more: --after ${after}, or a higher --limit`);
        }
        sayWhen(call.terminal, reply.value);
      }
      return OK;
    }
  });

function pageQuery(args: Parameters<Run>[0]['args'], limit: number, after: string | undefined): NodesQuery {
  const status = args.text('status');
  const trait = args.text('trait');
  const aggregate = args.text('aggregate');
  return {
    limit,
    ...(status === 'enabled' || status === 'disabled' || status === 'retired' ? { status } : {}),
    ...(trait === undefined ? {} : { trait }),
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(after === undefined ? {} : { after }),
  };
}

const NODE_COLUMNS: readonly Column<NodeSummary>[] = [
  { title: 'node', cell: ({ node }) => node },
  { title: 'status', cell: statusText },
  { title: 'owner', cell: ({ owner }) => owner },
  { title: 'claims', cell: ({ claimCount }) => claimCount, isNumeric: true },
  {
    title: 'charged / capacity',
    cell: ({ classes }) =>
      classes.map(({ class: name, charged, capacity }) => `${name} ${charged}/${capacity}`).join('  '),
  },
];

export const nodeShow: Run = (call) => question(call, 'node', { node: call.args.word('NODE') }, { print: printNode });

function printNode(terminal: Terminal, node: NodeAnswer): void {
  printFacts(terminal, [
    ['node', node.node],
    ['status', statusText(node)],
    ['owner', node.owner],
    ['incarnation', `${node.incarnation} (boot ${node.bootId})`],
    ['inventory', inventoryText(node)],
    ['generation', String(node.generation)],
    ['claims', node.claimCount],
  ]);
  for (const provider of node.providers) {
    const traits = provider.traits.length === 0 ? '' : `, traits ${provider.traits.join(' ')}`;
    const aggregates = provider.aggregates.length === 0 ? '' : `, aggregates ${provider.aggregates.join(' ')}`;
    const parent = provider.parent === undefined ? 'root' : `under ${provider.parent}`;
    terminal.print('');
    terminal.print(
      `provider ${provider.id} (${parent}${traits}${aggregates}${provider.isVanished ? ', vanished' : ''})`,
    );
    printFigures(terminal, provider.inventories);
    for (const inventory of provider.inventories) {
      printUnits(terminal, inventory);
    }
  }
  if (node.held.length > 0) {
    terminal.print('');
    printTable(
      terminal,
      [
        { title: 'instance', cell: ({ instance }) => instance },
        { title: 'claim', cell: ({ claimId }) => claimId },
      ],
      node.held,
    );
  }
}

function inventoryText({ inventoryStatus }: NodeAnswer): string {
  if (inventoryStatus.kind === 'unknown') {
    return 'never reported';
  }
  // Each incarnation counts its own reports; what the one before reported still holds.
  return inventoryStatus.sequence === 0 ? 'of the incarnation before' : `report ${inventoryStatus.sequence}`;
}

type InventoryAnswer = NodeAnswer['providers'][number]['inventories'][number];

function printUnits(terminal: Terminal, { class: name, units = [], takenUnits, isVanished }: InventoryAnswer): void {
  const free = isVanished ? [] : units.filter((unit) => !takenUnits.includes(unit));
  if (takenUnits.length + free.length > 0) {
    terminal.print(`units of ${name}: taken ${unitList(takenUnits)}; free ${unitList(free)}`);
  }
}

function unitList(units: readonly string[]): string {
  return units.length === 0 ? 'none' : units.join(' ');
}
