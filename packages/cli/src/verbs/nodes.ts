import type { NodeSummary, NodesQuery } from '@fleetbook/contracts';
import { type Ending, OK, type Run } from '../call.ts';
import { printNode } from '../output/node.ts';
import { statusText } from '../output/node-status.ts';
import { type Column, printTable } from '../output/table.ts';
import { ask, question, sayWhen } from '../session/question.ts';
import { withSource } from '../session/source.ts';

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
    ...(isStatus(status) ? { status } : {}),
    ...(trait === undefined ? {} : { trait }),
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(after === undefined ? {} : { after }),
  };
}

function isStatus(text: string | undefined): text is NonNullable<NodesQuery['status']> {
  return text === 'enabled' || text === 'disabled' || text === 'down' || text === 'retired';
}

export const NODE_COLUMNS: readonly Column<NodeSummary>[] = [
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
