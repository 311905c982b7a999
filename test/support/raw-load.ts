import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { commandSubject, encodeCommandMessage } from '@fleetbook/contracts';
import type { CommandMessage } from '@fleetbook/domain';
import type { Bus, Reply } from '@fleetbook/messaging';
import { onTestFinished } from 'vitest';

/** A claim that was sent once, and what became of the one request: nothing is sent again. */
export interface SingleRequest {
  readonly commandId: string;
  readonly status: Reply['status'];
  /** The reply as text; empty without one. */
  readonly text: string;
}

export interface RawLoad {
  readonly answered: number;
  finish(): Promise<readonly SingleRequest[]>;
}

const TIMEOUT_MS = 30_000;
/** Between two requests of a scheduler: the log grows by what tests look at, not by what the machine can do. */
const THINKING_MS = 8;

/** Schedulers that claim one after the other without an SDK: what is refused or lost on the way is not made up for. */
export function startRawLoad(bus: Bus, cell: string, node: string, schedulers: number): RawLoad {
  const sent: SingleRequest[] = [];
  const run = randomUUID().slice(0, 8);
  let isFinishing = false;
  // A test that fails before it says so ends it too: nothing answers any more, and it would only spin.
  onTestFinished(() => {
    isFinishing = true;
  });

  async function work(scheduler: string): Promise<void> {
    for (let index = 0; !isFinishing; index += 1) {
      const message: CommandMessage = {
        commandId: randomUUID(),
        issuedAt: Date.now(),
        actor: { role: 'scheduler', id: scheduler },
        command: {
          type: 'ClaimInstance',
          origin: { client: 'e2e', version: '0.0.0', host: 'test' },
          node,
          instance: `${run}-${scheduler}-${index}`,
          request: { resources: { CUSTOM_CPU_MILLI: 1 } },
        },
      };
      const subject = commandSubject(cell, 'scheduler', scheduler, 'ClaimInstance');
      const reply = await bus.request(subject, encodeCommandMessage(message), TIMEOUT_MS);
      const text = reply.status === 'reply' ? reply.payload.toString('utf8') : '';
      sent.push({ commandId: message.commandId, status: reply.status, text });
      await delay(THINKING_MS);
    }
  }

  const working = Promise.all(Array.from({ length: schedulers }, (_, index) => work(`raw-${index}`)));
  return {
    get answered() {
      return sent.length;
    },
    async finish() {
      isFinishing = true;
      await working;
      return sent;
    },
  };
}
