import type { AnswerReply, NodeAnswer, NodeSummary, NodesAnswer } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Failure } from '../call.ts';

export interface Holding {
  readonly instance: string;
  readonly node: string;
  readonly claimId: string;
}

type Place = Pick<AnswerReply<unknown>, 'token' | 'at' | 'past'>;

/** What is held on nodes, as far as it is listed. */
export interface HeldList extends Place {
  /** At most as many as were asked for. */
  readonly instances: readonly Holding[];
  /** Whether there are more that a higher limit would list. */
  readonly hasMore: boolean;
  /** Of the nodes that were asked: how many are held there that the answer about a node does not list. */
  readonly unlisted: number;
}

type Asked<Answer> = Promise<Result<AnswerReply<Answer>, Failure>>;

/** Where it is asked. */
export interface HeldQuestions {
  /** The page of nodes after one. */
  readonly nodes: (after: string | undefined) => Asked<NodesAnswer>;
  readonly node: (node: string) => Asked<Pick<NodeAnswer, 'node' | 'held' | 'claimCount'>>;
}

/** What one node holds. */
export async function heldOnNode(
  { node: askNode }: HeldQuestions,
  node: string,
  limit: number,
): Promise<Result<HeldList, Failure>> {
  const reply = await askNode(node);
  return reply.ok ? succeed({ ...placeOf(reply.value), ...listedOf(reply.value.answer, limit) }) : fail(reply.error);
}

/** The nodes know what they hold: those that hold something are asked, in the order of their ids. */
export async function heldOnNodes(questions: HeldQuestions, limit: number): Promise<Result<HeldList, Failure>> {
  const instances: Holding[] = [];
  let unlisted = 0;
  let hasMore = false;
  let after: string | undefined;
  for (;;) {
    const page = await questions.nodes(after);
    if (!page.ok) {
      return page;
    }
    for (const { node } of page.value.answer.nodes.filter(holdsSomething)) {
      const room = limit - instances.length;
      const held = room === 0 ? undefined : await heldOnNode(questions, node, room);
      if (held?.ok === false) {
        return held;
      }
      instances.push(...(held?.value.instances ?? []));
      unlisted += held?.value.unlisted ?? 0;
      hasMore ||= held?.value.hasMore ?? true;
    }
    after = page.value.answer.next;
    if (after === undefined || hasMore) {
      return succeed({ ...placeOf(page.value), instances, hasMore, unlisted });
    }
  }
}

function holdsSomething({ claimCount }: NodeSummary): boolean {
  return claimCount > 0;
}

function listedOf(
  { node, held, claimCount }: Pick<NodeAnswer, 'node' | 'held' | 'claimCount'>,
  limit: number,
): Pick<HeldList, 'instances' | 'hasMore' | 'unlisted'> {
  const instances = held.slice(0, limit).map(({ instance, claimId }) => ({ instance, node, claimId }));
  return { instances, hasMore: held.length > limit, unlisted: claimCount - held.length };
}

function placeOf({ token, at, past }: Place): Place {
  return { token, at, ...(past === undefined ? {} : { past }) };
}
