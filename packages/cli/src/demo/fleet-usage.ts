import type { FleetbookClient } from '@fleetbook/client';
import type { NodeSummary, NodesQuery } from '@fleetbook/contracts';
import { CPU_CLASS, GPU_CLASS, gpuTrait, MEMORY_CLASS } from '@fleetbook/workload';

/** How much of something is charged. */
export interface Fill {
  readonly name: string;
  readonly charged: number;
  readonly capacity: number;
}

const PAGE = 1_000;

const allNodes = async (client: FleetbookClient, query: NodesQuery): Promise<readonly NodeSummary[]> => {
  const nodes: NodeSummary[] = [];
  let after: string | undefined;
  do {
    const reply = await client.ask('nodes', { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (reply.outcome === 'error') {
      throw new Error(`the nodes could not be read: ${reply.error.message}`);
    }
    nodes.push(...reply.answer.nodes);
    after = reply.answer.next;
  } while (after !== undefined);
  return nodes;
};

const sumOf = (name: string, nodes: readonly NodeSummary[], resourceClass: string): Fill => {
  const figures = nodes.flatMap(({ classes }) => classes.filter((figure) => figure.class === resourceClass));
  return {
    name,
    charged: figures.reduce((sum, { charged }) => sum + charged, 0),
    capacity: figures.reduce((sum, { capacity }) => sum + capacity, 0),
  };
};

/** The fill of CPUs and memory over the fleet, and of the GPUs by model, at `atLeast`; asked from the projector. */
export const readFills = async (
  client: FleetbookClient,
  models: readonly string[],
  atLeast: string,
): Promise<readonly Fill[]> => {
  const all = await allNodes(client, { atLeast });
  const fills = [sumOf('CPU', all, CPU_CLASS), sumOf('memory', all, MEMORY_CLASS)];
  for (const model of models) {
    fills.push(sumOf(`GPU ${model}`, await allNodes(client, { trait: gpuTrait(model) }), GPU_CLASS));
  }
  return fills;
};
