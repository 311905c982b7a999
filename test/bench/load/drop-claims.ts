import { commandSubject, encodeBatch } from '@fleetbook/contracts';
import type { CommandMessage } from '@fleetbook/domain';
import type { Bus } from '@fleetbook/messaging';
import type { TraceMachine } from '@fleetbook/workload';
import { type Claimed, halfFill } from '@fleetbook/workload/bench';
import { AGENT, dropOf, fillingClaim, registrationOf, reportOf } from './fleet-commands.ts';
import { acceptedIn, sendTo } from './replies.ts';

const BATCH = 16;
const MESSAGES_IN_FLIGHT = 32;

interface Fleet {
  readonly bus: Bus;
  readonly cell: string;
  readonly machines: readonly TraceMachine[];
}

/** Registers the machines and reports their inventories: one agent owns them all. */
export async function registerFleet({ bus, cell, machines }: Fleet): Promise<void> {
  await sendAll(bus, cell, machines, registrationOf);
  await sendAll(bus, cell, machines, (machine) => reportOf(machine));
}

/** Fills the machines by half. */
export async function fillFleet({ bus, cell, machines }: Fleet, seed: number): Promise<void> {
  await sendAll(bus, cell, halfFill(machines, seed), fillingClaim);
}

/** Drops what a load has claimed: of a run that was broken off not everything is there. */
export async function dropClaims({ bus, cell }: Omit<Fleet, 'machines'>, claims: readonly Claimed[]): Promise<void> {
  await sendAll(bus, cell, claims, dropOf, () => true);
}

/** All in batches, several under way. Rejects when a reply is not right: by default, a command is not accepted. */
function sendAll<Item>(
  bus: Bus,
  cell: string,
  items: readonly Item[],
  toMessage: (item: Item, place: number) => CommandMessage,
  isRightFor = (payload: Buffer, commands: number): boolean => acceptedIn(payload) === commands,
): Promise<void> {
  const subject = commandSubject(cell, 'agent', AGENT, 'Batch');
  return new Promise((resolve, reject) => {
    let next = 0;
    let underWay = 0;
    const sendNext = (): void => {
      const from = next;
      const batch = items.slice(from, from + BATCH);
      next += batch.length;
      if (batch.length === 0) {
        if (underWay === 0) {
          resolve();
        }
        return;
      }
      underWay += 1;
      const messages = batch.map((item, place) => toMessage(item, from + place));
      const isRight = (payload: Buffer): boolean => isRightFor(payload, batch.length);
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
