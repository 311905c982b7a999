import type { AnswerReply } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, OK, type Run } from '../call.ts';
import { printInstance } from '../output/instance.ts';
import { printTable } from '../output/table.ts';
import { ask, question, sayWhen } from '../session/question.ts';
import { type Source, withSource } from '../session/source.ts';

interface Holding {
  readonly instance: string;
  readonly node: string;
  readonly claimId: string;
}

type Place = Pick<AnswerReply<unknown>, 'token' | 'at' | 'past'>;

interface Holdings extends Place {
  readonly instances: readonly Holding[];
}

const PAGE = 1_000;

export const instanceList: Run = (call) =>
  withSource(call, async (source): Promise<Ending> => {
    const limit = call.args.number('limit') ?? 100;
    const node = call.args.text('node');
    const found = node === undefined ? await walkNodes(call, source, limit) : await heldOn(call, source, node);
    if (!found.ok) {
      return { failure: found.error };
    }
    const { instances: all, ...place } = found.value;
    const instances = all.slice(0, limit);
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify({ outcome: 'answer', ...place, answer: { instances } }));
    } else {
      printTable(
        call.terminal,
        [
          { title: 'instance', cell: ({ instance }) => instance },
          { title: 'node', cell: (holding) => holding.node },
          { title: 'claim', cell: ({ claimId }) => claimId },
        ],
        instances,
      );
      sayWhen(call.terminal, place);
    }
    return OK;
  });

/** The nodes know what they hold: those that hold something are asked, in the order of their ids. */
async function walkNodes(call: Call, source: Source, limit: number): Promise<Result<Holdings, Failure>> {
  const instances: Holding[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await ask(call, source, 'nodes', { limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (!page.ok) {
      return page;
    }
    for (const { node, claimCount } of page.value.answer.nodes) {
      const held = claimCount === 0 || instances.length >= limit ? undefined : await heldOn(call, source, node);
      if (held?.ok === false) {
        return held;
      }
      instances.push(...(held?.value.instances ?? []));
    }
    after = page.value.answer.next;
    if (after === undefined || instances.length >= limit) {
      return succeed({ ...placeOf(page.value), instances });
    }
  }
}

async function heldOn(call: Call, source: Source, node: string): Promise<Result<Holdings, Failure>> {
  const reply = await ask(call, source, 'node', { node });
  if (!reply.ok) {
    return fail(reply.error);
  }
  const instances = reply.value.answer.held.map(({ instance, claimId }) => ({ instance, node, claimId }));
  return succeed({ ...placeOf(reply.value), instances });
}

function placeOf({ token, at, past }: Place): Place {
  return { token, at, ...(past === undefined ? {} : { past }) };
}

export const instanceShow: Run = (call) =>
  question(call, 'instance', { instance: call.args.word('INSTANCE') }, { print: printInstance });
