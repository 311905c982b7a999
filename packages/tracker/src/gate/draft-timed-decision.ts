import type { Actor, DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeEvent } from '@fleetbook/event-log';
import type { DraftDecision } from './draft-decision.ts';

/** A decision of the writer's timer with its place in the log and its stored bytes, not yet applied. */
export function draftTimedDecision(writer: string, decided: DecidedEvent, number: number, at: number): DraftDecision {
  return draftOwnDecision({ role: 'system', id: writer }, decided, number, at);
}

/**
 * A decision of one event that no command caused. Its command id is made of its place: the same decision has the same
 * id however often its commit is sent.
 */
export function draftOwnDecision(actor: Actor, decided: DecidedEvent, number: number, at: number): DraftDecision {
  const event: LedgerEvent = {
    ...decided,
    number,
    at,
    commandId: `${decided.type}.${number}`,
    index: 0,
    count: 1,
    actor,
  };
  const text = encodeEvent(event);
  return { events: [event], eventTexts: [text], eventBytes: Buffer.byteLength(text) };
}
