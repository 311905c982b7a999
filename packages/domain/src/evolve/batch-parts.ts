import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import { commandOf, impossible } from './parts.ts';

export const partId = (batchId: string, place: number): string => `${batchId}.${place}`;

/**
 * The events that an atomic batch stands for, in order, each with its own command and command id. They share the
 * number of the batch's event. Throws an Error when the parts are not those of the batch's commands.
 */
export const partsOfBatch = (event: LedgerEventOf<'AtomicBatchApplied'>): readonly LedgerEvent[] => {
  const { commands } = commandOf(event, 'AtomicBatch');
  return event.data.parts.flatMap((part, place) => {
    const command = commands[place];
    if (command === undefined) throw impossible(event, `it has no command ${place}`);
    if (part === null) return [];
    const { number, at, index, count, actor } = event;
    return [{ number, at, index, count, actor, commandId: partId(event.commandId, place), command, ...part }];
  });
};
