import {
  encodeQueryReply,
  formatToken,
  type HighWaterMark,
  type MarkAnswer,
  parseQuery,
  queryErrorReply,
} from '@fleetbook/contracts';
import { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import type { MarkKeeper } from './mark-keeper.ts';

export interface MarkQueryOptions {
  readonly service: MarkAnswer['service'];
  /** Tells this process from others of its kind. */
  readonly id: string;
  readonly marks: MarkKeeper;
  readonly clock: Clock;
  /** Why it takes no office though nobody holds it; absent where it does, or somebody else. */
  readonly waitsFor?: () => string | undefined;
}

/** The reply to the query `mark`: what this process knows, at any time, whatever it thinks of the log. */
export function answerMark({ service, id, marks, clock, waitsFor }: MarkQueryOptions, payload: Uint8Array): Uint8Array {
  const query = parseQuery('mark', payload);
  if (!query.ok) {
    return encodeQueryReply(queryErrorReply(query.error));
  }
  const { mark } = marks;
  const reason = waitsFor?.();
  const answer: MarkAnswer = {
    ...{ service, id },
    ...(mark === undefined ? {} : { mark }),
    ...(reason === undefined ? {} : { waitsFor: reason }),
  };
  const token = formatToken(mark?.historyId ?? '', mark?.number ?? 0);
  return encodeQueryReply({ outcome: 'answer', token, at: clock.now(), answer });
}

const markSchema = z.object({
  historyId: z.string().min(1),
  number: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

const replySchema = z.object({ outcome: z.literal('answer'), answer: z.object({ mark: markSchema }) });

/** The mark in the fields of a message, such as a heartbeat; undefined where there is none. */
export function readMark(fields: unknown): HighWaterMark | undefined {
  const parsed = markSchema.safeParse(fields);
  return parsed.success ? parsed.data : undefined;
}

/** The mark in a reply to the query; undefined when it tells of none, or is no such reply. */
export function readMarkReply(payload: Uint8Array): HighWaterMark | undefined {
  try {
    const parsed = replySchema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
    return parsed.success ? parsed.data.answer.mark : undefined;
  } catch {
    return undefined;
  }
}
