import { commandSubject, encodeBatch } from '@fleetbook/contracts';
import type { Command, CommandMessage } from '@fleetbook/domain';
import type { Bus } from '@fleetbook/messaging';
import { providersOf, type TraceMachine } from '@fleetbook/workload';
import { halfFill } from '@fleetbook/workload/bench';
import { acceptedIn, sendTo } from './replies.ts';

const BATCH = 16;
const MESSAGES_IN_FLIGHT = 32;
const origin = { client: 'bench', version: '0.1.0', host: 'localhost' };
/** All machines are its own. */
export const AGENT = 'bench-agent';
const actor = { role: 'agent', id: AGENT } as const;

interface Fleet {
  readonly bus: Bus;
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
}

/** Registers the machines, reports their inventories and fills them by half: one agent owns them all. */
export async function setUpFleet({ bus, cell, machines }: Fleet, seed: number): Promise<void> {
  const registrations = machines.map(
    ({ id }): Command => ({ type: 'RegisterNode', origin, node: id, bootId: `${id}:boot-1` }),
  );
  const reports = machines.map(
    (machine): Command => ({
      ...{ type: 'ReportInventory', origin, node: machine.id },
      ...{ incarnation: 1, sequence: 1, mode: 'full', providers: providersOf(machine) },
    }),
  );
  const claims = halfFill(machines, seed).map(
    ({ node, request }, place): Command => ({
      type: 'ClaimInstance',
      origin,
      node,
      instance: `fill-${place}`,
      request,
    }),
  );
  const subject = commandSubject(cell, actor.role, actor.id, 'Batch');
  await sendAll(bus, subject, registrations, 'register');
  await sendAll(bus, subject, reports, 'report');
  await sendAll(bus, subject, claims, 'fill');
}

/** All in batches, several under way. Rejects when one command is not accepted. */
function sendAll(bus: Bus, subject: string, commands: readonly Command[], name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let underWay = 0;
    const sendNext = (): void => {
      const from = next;
      const batch = commands.slice(from, from + BATCH);
      next += batch.length;
      if (batch.length === 0) {
        if (underWay === 0) {
          resolve();
        }
        return;
      }
      underWay += 1;
      const messages = batch.map(
        (command, place): CommandMessage => ({
          commandId: `${name}-${from + place}`,
          issuedAt: Date.now(),
          actor,
          command,
        }),
      );
      const isRight = (payload: Buffer): boolean => acceptedIn(payload) === batch.length;
      sendTo(bus, subject, encodeBatch(messages), isRight, (failure) => {
        underWay -= 1;
        if (failure === undefined) {
          sendNext();
        } else {
          reject(new Error(failure));
        }
      });
    };
    for (let place = 0; place < MESSAGES_IN_FLIGHT; place += 1) {
      sendNext();
    }
  });
}
