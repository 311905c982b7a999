import {
  type Actor,
  type ClaimInstance,
  type Command,
  dueDecisions,
  type ReportedProvider,
  type ResourceRequest,
} from '@fleetbook/domain';
import type { HistoryWriter } from './history-writer.ts';

export const ORIGIN_OF_TESTS = { client: 'test', version: '0.0.0', host: 'localhost' };

export const SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-1' };

export const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };

export function agentOf(node: string): Actor {
  return { role: 'agent', id: `agent-${node}` };
}

/** A node of 32 CPUs, 64 GiB and some GPUs, one provider each. */
export function providersOf(node: string, gpus = 2, traits: readonly string[] = []): readonly ReportedProvider[] {
  const root: ReportedProvider = {
    id: `${node}.root`,
    inventories: [
      { class: 'VCPU', total: 32, allocationRatioMillionths: 2_000_000 },
      { class: 'MEMORY_MB', total: 65_536, reserved: 512 },
    ],
    traits,
    aggregates: [`zone-${node.length % 2}`],
  };
  const devices = Array.from(
    { length: gpus },
    (_unused, index): ReportedProvider => ({
      id: `${node}.gpu${index}`,
      parent: root.id,
      inventories: [{ class: 'CUSTOM_GPU_MILLI', total: 1_000 }],
      traits: ['CUSTOM_GPU'],
    }),
  );
  return [root, ...devices];
}

/** Registers a node and reports its inventory. */
export function addNode(writer: HistoryWriter, node: string, providers = providersOf(node)): void {
  const agent = agentOf(node);
  const origin = ORIGIN_OF_TESTS;
  writer.decide(agent, { type: 'RegisterNode', origin, node, bootId: 'boot-1' });
  const report: Command = {
    type: 'ReportInventory',
    origin,
    node,
    incarnation: 1,
    sequence: 1,
    mode: 'full',
    providers,
  };
  writer.decide(agent, report);
}

export const SMALL: ResourceRequest = { resources: { VCPU: 2, MEMORY_MB: 2_048 } };

export const ONE_GPU: ResourceRequest = {
  resources: { VCPU: 4, MEMORY_MB: 4_096 },
  groups: [{ name: 'gpu', resources: { CUSTOM_GPU_MILLI: 1_000 } }],
};

export function claimOf(node: string, instance: string, request = SMALL, tenant?: string): ClaimInstance {
  const named = tenant === undefined ? {} : { tenant };
  return { type: 'ClaimInstance', origin: ORIGIN_OF_TESTS, node, instance, ...named, request };
}

export function dropOf(node: string, instance: string, claimId: string): Command {
  return { type: 'DropInstance', origin: ORIGIN_OF_TESTS, node, instance, claimId };
}

/**
 * Decides a batch of two claims on a node, of which the second expires.
 * @returns the number of the event of the batch.
 */
export function decideBatchThatExpires(writer: HistoryWriter, node: string): number {
  const claim = { type: 'ClaimInstance', origin: ORIGIN_OF_TESTS, node, request: ONE_GPU } as const;
  const commands = [
    { ...claim, instance: 'i1' },
    { ...claim, instance: 'i2', ttlMs: 5_000 },
  ];
  writer.decide(SCHEDULER, { type: 'AtomicBatch', origin: ORIGIN_OF_TESTS, commands }, 'batch');
  const { number } = writer;
  writer.pass(10_000);
  writer.record(dueDecisions(writer.ledger, writer.now(), 0));
  return number;
}
