import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fleetbook } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import type { Command } from '@fleetbook/domain';

type ClaimFields = Pick<Extract<Command, { readonly type: 'ClaimInstance' }>, 'node' | 'instance' | 'request'>;

/** One claim as it was sent, and what it came to. */
export interface SentClaim {
  readonly scheduler: string;
  readonly commandId: string;
  readonly issuedAt: number;
  readonly fields: ClaimFields;
  readonly reply: CommandReply;
}

export interface Load {
  /** Claims with an outcome so far; one that was given up has none. */
  readonly answered: number;
  /** Of the last answer; undefined before the first. */
  readonly token: string | undefined;
  /** Takes nothing new up and resolves with everything that was sent. */
  finish(): Promise<readonly SentClaim[]>;
}

const TIMEOUT_MS = 30_000;
const ERROR_PAUSE_MS = 50;
/** The log grows by what tests look at, not by what the machine can do. */
const THINKING_MS = 8;

/**
 * Schedulers that claim and never stop: small claims, so that the fleet does not fill. Each waits `thinkingMs` between
 * two of them.
 */
export function startLoad(
  fleetbook: Fleetbook,
  nodes: readonly string[],
  schedulers = 16,
  thinkingMs = THINKING_MS,
): Load {
  const sent: SentClaim[] = [];
  const run = randomUUID().slice(0, 8);
  let isFinishing = false;
  let answered = 0;
  let token: string | undefined;

  async function work(scheduler: string): Promise<void> {
    const client = fleetbook.as('scheduler', scheduler);
    for (let index = 0; !isFinishing; index += 1) {
      const commandId = randomUUID();
      const node = nodes[index % nodes.length] ?? '';
      const request = { resources: { CUSTOM_CPU_MILLI: 1 } };
      const fields = { node, instance: `${run}-${scheduler}-${index}`, request };
      const issuedAt = Date.now();
      const reply = await client.send('ClaimInstance', fields, { commandId, issuedAt, timeoutMs: TIMEOUT_MS });
      token = client.token();
      answered += reply.outcome === 'error' ? 0 : 1;
      sent.push({ scheduler, commandId, issuedAt, fields, reply });
      // Nobody who answers is left behind a connection that is closed: without a pause it would only spin.
      await delay(reply.outcome === 'error' ? Math.max(thinkingMs, ERROR_PAUSE_MS) : thinkingMs);
    }
  }

  const working = Promise.all(Array.from({ length: schedulers }, (_, index) => work(`load-${index}`)));
  return {
    get answered() {
      return answered;
    },
    get token() {
      return token;
    },
    async finish() {
      isFinishing = true;
      await working;
      return sent;
    },
  };
}
