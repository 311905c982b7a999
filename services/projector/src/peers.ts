import { encodeQuery, querySubject } from '@fleetbook/contracts';
import type { AskPeer, ProjectorPeers } from '@fleetbook/projector';

/** What is asked of other replicas, over whatever connects them. */
export interface PeerBus {
  /** The reply of one of those that share a subject. */
  ask(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array | 'nobody' | 'silent'>;
  /** What everybody answers within the time. */
  askAll(subject: string, payload: Uint8Array, waitMs: number): Promise<readonly Uint8Array[]>;
}

/** A digest may have much to hash first. */
const DIGEST_TIMEOUT_MS = 2_000;
const WAIT_MS = 250;

/** The other replicas of a cell. @param id of this one's process. */
export function peersOn(bus: PeerBus, cell: string, id: string): ProjectorPeers {
  return {
    async digest() {
      const reply = await bus.ask(querySubject(cell, 'digest'), encodeQuery('digest', {}), DIGEST_TIMEOUT_MS);
      return typeof reply === 'string' ? reply : digestOf(reply);
    },
    async isAnybodyWell() {
      const replies = await bus.askAll(querySubject(cell, 'projection'), encodeQuery('projection', {}), WAIT_MS);
      const { ANSWER_SCHEMAS } = await import('@fleetbook/contracts/answers');
      return replies.some((reply) => {
        const parsed = ANSWER_SCHEMAS.projection.safeParse(fieldsOf(reply)['answer']);
        return parsed.success && parsed.data.id !== id && parsed.data.isServing;
      });
    },
  };
}

/** A replica that answers from an old state is no measure for one that is up to date. */
async function digestOf(reply: Uint8Array): ReturnType<AskPeer> {
  const fields = fieldsOf(reply);
  if (fields['stale'] === true) {
    return 'nobody';
  }
  const { ANSWER_SCHEMAS } = await import('@fleetbook/contracts/answers');
  const parsed = ANSWER_SCHEMAS.digest.safeParse(fields['answer']);
  return parsed.success ? parsed.data : 'silent';
}

function fieldsOf(reply: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(reply).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
