import type { Actor, ClaimMove, Command, ReportedInventory, ResourceRequest } from '@fleetbook/domain';
import { dueDecisions } from '@fleetbook/domain';
import type { HistoryWriter } from '@fleetbook/projector/testing';

type WithoutOrigin<Body> = Body extends Command ? Omit<Body, 'origin'> : never;

export type Ask = WithoutOrigin<Command>;

export const OPERATOR: Actor = { role: 'operator', id: 'mira' };
export const SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-1' };

export function agentOf(node: string): Actor {
  return { role: 'agent', id: `agent-${node}` };
}

/** What happens in one night, told in the words of a fleet. */
export interface Night {
  readonly writer: HistoryWriter;
  ask(actor: Actor, ask: Ask, commandId: string): void;
  /** Registers a host and reports what it has. */
  host(node: string, inventories: readonly ReportedInventory[]): void;
  report(node: string, sequence: number, inventories: readonly ReportedInventory[], commandId: string): void;
  claim(instance: string, node: string, amounts: Readonly<Record<string, number>>, commandId: string): void;
  /** A claim that its agent confirms. */
  run(instance: string, node: string, amounts: Readonly<Record<string, number>>): void;
  move(kind: ClaimMove['kind'], instance: string, way: readonly [string, string], commandId: string): void;
  advance(node: string, instance: string, moveId: string, to: 'prepared' | 'running' | 'switched' | 'finished'): void;
  seconds(count: number): void;
  /** Lets the writer do what has fallen due. */
  due(): void;
}

const ORIGIN = { client: 'fleet', version: '1.0.0', host: 'control-1' };

export function nightOf(writer: HistoryWriter): Night {
  const night: Night = {
    writer,
    ask: (actor, ask, commandId) => void writer.decide(actor, { origin: ORIGIN, ...ask }, commandId),
    host(node, inventories) {
      night.ask(agentOf(node), { type: 'RegisterNode', node, bootId: `${node}-boot-1` }, `register-${node}`);
      night.report(node, 1, inventories, `report-${node}-1`);
      night.seconds(1);
    },
    report(node, sequence, inventories, commandId) {
      const { incarnation = 1 } = writer.ledger.nodes.get(node) ?? {};
      const providers = [{ id: node, inventories }];
      const body = { type: 'ReportInventory', node, incarnation, sequence, mode: 'full', providers } as const;
      night.ask(agentOf(node), body, commandId);
    },
    claim(instance, node, resources, commandId) {
      const request: ResourceRequest = { resources };
      night.ask(SCHEDULER, { type: 'ClaimInstance', node, instance, tenant: 'research', request }, commandId);
      night.seconds(1);
    },
    run(instance, node, amounts) {
      const claimId = `claim-${instance}`;
      night.claim(instance, node, amounts, claimId);
      night.ask(agentOf(node), { type: 'ConfirmClaim', node, instance, claimId }, `confirm-${instance}`);
      night.seconds(1);
    },
    move(kind, instance, [source, destination], commandId) {
      const claimId = `claim-${instance}`;
      night.ask(SCHEDULER, { type: 'ClaimMove', kind, instance, source, claimId, destination }, commandId);
      night.seconds(1);
    },
    advance(node, instance, moveId, to) {
      night.ask(agentOf(node), { type: 'AdvanceMove', instance, moveId, to }, `${moveId}-${to}`);
      night.seconds(5);
    },
    seconds: (count) => writer.pass(count * 1_000),
    due: () => writer.record(dueDecisions(writer.ledger, writer.now(), 0)),
  };
  return night;
}
