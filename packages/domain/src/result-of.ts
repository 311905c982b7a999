import type { CommandResult } from './decision.ts';
import type { LedgerEvent, LedgerEventOf } from './event.ts';
import { partsOfBatch } from './evolve/batch-parts.ts';
import { instanceResultOf } from './result-of-instance.ts';
import { nodeResultOf } from './result-of-node.ts';

const batchResultOf = (event: LedgerEventOf<'AtomicBatchApplied'>): CommandResult => {
  const done = [...partsOfBatch(event)];
  const results = event.data.parts.map((part) => {
    const next = part === null ? undefined : done.shift();
    return next === undefined ? null : resultOf([next]);
  });
  return { type: 'AtomicBatch', results };
};

/**
 * The result of an accepted decision, rebuilt from its events: what a repeat of the command is answered with.
 * Throws an Error when the events are not an accepted decision of a command.
 */
export const resultOf = (events: readonly LedgerEvent[]): CommandResult => {
  const [first] = events;
  if (first?.command === undefined || first.type === 'CommandRejected') {
    throw new Error(`event ${first?.number ?? 'none'} begins no accepted decision of a command`);
  }
  if (first.type === 'AtomicBatchApplied') return batchResultOf(first);
  const { command } = first;
  if (command.type === 'RevokeCheckpoint') return { type: command.type, upTo: command.upTo };
  const result = instanceResultOf(command, first) ?? nodeResultOf(command, first, events);
  if (result === undefined) throw new Error(`event ${first.number} ${first.type} does not answer ${command.type}`);
  return result;
};
