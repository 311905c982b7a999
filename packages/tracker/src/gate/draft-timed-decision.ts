import type { DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeEvent } from '@fleetbook/event-log';
import type { DraftDecision } from './draft-decision.ts';

/**
 * A decision of the writer's timer with its place in the log and its stored bytes, not yet applied. Its command id is
 * made of its place: the same decision has the same id however often its commit is sent.
 */
export function draftTimedDecision(writer: string, decided: DecidedEvent, number: number, at: number): DraftDecision {
  const event: LedgerEvent = {
    ...decided,
    number,
    at,
    commandId: `${decided.type}.${number}`,
    index: 0,
    count: 1,
    actor: { role: 'system', id: writer },
  };
  const text = encodeEvent(event);
  return { events: [event], eventTexts: [text], eventBytes: Buffer.byteLength(text) };
}
