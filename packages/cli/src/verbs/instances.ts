import { type Ending, OK, type Run } from '../call.ts';
import { printInstance } from '../output/instance.ts';
import { printTable } from '../output/table.ts';
import { heldOnNode, heldOnNodes } from '../session/held-list.ts';
import { ask, question, sayWhen } from '../session/question.ts';
import { withSource } from '../session/source.ts';

const PAGE = 1_000;

export const instanceList: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    const limit = call.args.number('limit') ?? 100;
    const node = call.args.text('node');
    const questions = {
      nodes: (after: string | undefined) =>
        ask(call, source, 'nodes', { limit: PAGE, ...(after === undefined ? {} : { after }) }),
      node: (id: string) => ask(call, source, 'node', { node: id }),
    };
    const found = await (node === undefined ? heldOnNodes(questions, limit) : heldOnNode(questions, node, limit));
    if (!found.ok) {
      return { failure: found.error };
    }
    const { instances, hasMore, unlisted, ...place } = found.value;
    if (call.args.isSet('json')) {
      const answer = { instances, isComplete: !hasMore && unlisted === 0 };
      call.terminal.print(JSON.stringify({ outcome: 'answer', ...place, answer }));
      return OK;
    }
    printTable(
      call.terminal,
      [
        { title: 'instance', cell: ({ instance }) => instance },
        { title: 'node', cell: (holding) => holding.node },
        { title: 'claim', cell: ({ claimId }) => claimId },
      ],
      instances,
    );
    if (hasMore) {
      call.terminal.say('there are more: a higher --limit');
    }
    if (unlisted > 0) {
      call.terminal.say(`${unlisted} more are held there: the answer about a node lists 1,000 at most`);
    }
    sayWhen(call.terminal, place);
    return OK;
  });

export const instanceShow: Run = (call) =>
  question(call, 'instance', { instance: call.args.word('INSTANCE') }, { print: printInstance });
