import type { Fleetbook, FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';

/** What a client of a test says it is. */
export const TEST_CLIENT = { name: 'e2e', version: '0.0.0' };

/** A service that dies with a request in its hands is noticed soon, one that starts is waited for. */
export const QUICK_RETRIES = { attemptTimeoutMs: 500, timeoutMs: 20_000 };

/** What each node of a test's fleet has. */
export const GPUS_PER_NODE = 8;

export const ONE_GPU = { resources: { CUSTOM_GPU_MILLI: 1_000, CUSTOM_CPU_MILLI: 2_000 } };

export function agentOf(fleetbook: Fleetbook, node: string): FleetbookClient {
  return fleetbook.as('agent', `agent-of-${node}`);
}

/** Registers nodes with one provider per GPU and reports what they have. */
export async function addNodes(fleetbook: Fleetbook, nodes: readonly string[]): Promise<void> {
  await Promise.all(nodes.map((node) => addNode(fleetbook, node)));
}

async function addNode(fleetbook: Fleetbook, node: string): Promise<void> {
  const agent = agentOf(fleetbook, node);
  mustBeAccepted(await agent.send('RegisterNode', { node, bootId: `${node}:boot-1` }));
  const gpus = Array.from({ length: GPUS_PER_NODE }, (_, index) => ({
    id: `${node}:gpu-${index}`,
    parent: node,
    inventories: [{ class: 'CUSTOM_GPU_MILLI', total: 1_000 }],
    traits: ['CUSTOM_GPU_MODEL_A'],
  }));
  const root = { id: node, inventories: [{ class: 'CUSTOM_CPU_MILLI', total: 64_000 }] };
  const report = { node, incarnation: 1, sequence: 1, mode: 'full', providers: [root, ...gpus] } as const;
  mustBeAccepted(await agent.send('ReportInventory', report));
}

export function mustBeAccepted(reply: CommandReply): Extract<CommandReply, { readonly outcome: 'accepted' }> {
  if (reply.outcome !== 'accepted') {
    throw new Error(`not accepted: ${JSON.stringify(reply)}`);
  }
  return reply;
}
