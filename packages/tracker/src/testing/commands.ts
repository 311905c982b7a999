import type { Actor, ClaimInstance, Command, CommandMessage, Origin } from '@fleetbook/domain';

type WithoutOrigin<Body> = Body extends Command ? Omit<Body, 'origin'> : never;

const origin: Origin = { client: 'test', version: '0', host: 'here' };

export const AGENT: Actor = { role: 'agent', id: 'agent-1' };
export const OTHER_AGENT: Actor = { role: 'agent', id: 'agent-2' };
export const SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-1' };
export const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };

export const registerNode = (node: string, bootId = 'boot-1'): Command => ({
  type: 'RegisterNode',
  origin,
  node,
  bootId,
});

export const reportInventory = (node: string, vcpus: number, sequence = 1): Command => ({
  type: 'ReportInventory',
  origin,
  node,
  incarnation: 1,
  sequence,
  mode: 'full',
  providers: [{ id: `${node}-root`, inventories: [{ class: 'VCPU', total: vcpus }] }],
});

export const claimInstance = (node: string, instance: string, vcpus = 1): ClaimInstance => ({
  type: 'ClaimInstance',
  origin,
  node,
  instance,
  request: { resources: { VCPU: vcpus } },
});

export const dropInstance = (node: string, instance: string, claimId: string): Command => ({
  type: 'DropInstance',
  origin,
  node,
  instance,
  claimId,
});

/** Any command, as tests write it. */
export const command = (fields: WithoutOrigin<Command>): Command => ({ origin, ...fields });

export const message = (
  commandId: string,
  issuedAt: number,
  command: Command,
  actor: Actor = AGENT,
): CommandMessage => ({
  commandId,
  issuedAt,
  actor,
  command,
});
