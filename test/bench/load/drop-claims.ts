import { commandSubject, encodeBatch } from '@fleetbook/contracts';
import type { Bus } from '@fleetbook/messaging';
import type { Claimed } from '@fleetbook/workload/bench';
import { AGENT, dropOf } from './fleet-commands.ts';
import { sendTo } from './replies.ts';

const BATCH = 16;
const MESSAGES_IN_FLIGHT = 32;

interface Place {
  readonly bus: Bus;
  readonly cell: string;
}

/**
 * Drops what a load has claimed, in batches, several under way. Of a run that was broken off not everything is there.
 */
export function dropClaims({ bus, cell }: Place, claims: readonly Claimed[]): Promise<void> {
  const subject = commandSubject(cell, 'agent', AGENT, 'Batch');
  return new Promise((resolve, reject) => {
    let next = 0;
    let underWay = 0;
    const sendNext = (): void => {
      const batch = claims.slice(next, next + BATCH);
      next += batch.length;
      if (batch.length === 0) {
        if (underWay === 0) {
          resolve();
        }
        return;
      }
      underWay += 1;
      const isAnswer = (): boolean => true;
      sendTo(bus, subject, encodeBatch(batch.map(dropOf)), isAnswer, (failure) => {
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
