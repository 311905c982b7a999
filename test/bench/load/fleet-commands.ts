import type { Command, CommandMessage, ResourceRequest } from '@fleetbook/domain';
import { CPU_CLASS, providersOf, type TraceMachine } from '@fleetbook/workload';
import type { Claimed } from '@fleetbook/workload/bench';

const origin = { client: 'bench', version: '0.1.0', host: 'localhost' };
/** All machines are its own. */
export const AGENT = 'bench-agent';
const actor = { role: 'agent', id: AGENT } as const;

const message = (commandId: string, command: Command): CommandMessage => ({
  ...{ commandId, issuedAt: Date.now(), actor, command },
});

export const registrationOf = ({ id }: TraceMachine): CommandMessage =>
  message(`register-${id}`, { type: 'RegisterNode', origin, node: id, bootId: `${id}:boot-1` });

/** The same inventory every time. */
export const reportOf = (machine: TraceMachine, commandId = `report-${machine.id}`): CommandMessage =>
  message(commandId, {
    ...{ type: 'ReportInventory', origin, node: machine.id },
    ...{ incarnation: 1, sequence: 1, mode: 'full', providers: providersOf(machine) },
  });

export const fillingClaim = (
  { node, request }: { readonly node: string; readonly request: ResourceRequest },
  place: number,
): CommandMessage =>
  message(`fill-${place}`, { type: 'ClaimInstance', origin, node, instance: `fill-${place}`, request });

/** Every machine has room for it. */
export const smallClaim = ({ node, instance, claimId }: Claimed): CommandMessage =>
  message(claimId, { type: 'ClaimInstance', origin, node, instance, request: { resources: { [CPU_CLASS]: 1 } } });

export const dropOf = (claimed: Claimed): CommandMessage =>
  message(`${claimed.claimId}-drop`, { type: 'DropInstance', origin, ...claimed });
