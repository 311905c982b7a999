import type { LedgerEvent } from '@fleetbook/domain';
import type { Positions } from './positions.ts';

/** Where decisions are looked for. */
export interface DecisionSources {
  readonly positions: Pick<Positions, 'command'>;
  readonly readEvents: (numbers: readonly number[]) => Promise<readonly LedgerEvent[]>;
  /** The last event that counts. */
  readonly last: number;
}

export interface FoundDecisions {
  /** The first event of each, ascending: several actors may use one id. */
  readonly firsts: readonly LedgerEvent[];
  /** Whether there can be no older ones. */
  readonly isComplete: boolean;
}

/**
 * The decisions that the id of a command stands for. That of a part of a batch stands for the batch, and the one that
 * the writer gives a decision of its own (`ClaimExpired.99`) for that event.
 */
export async function decisionsOfCommand(sources: DecisionSources, id: string): Promise<FoundDecisions> {
  const recorded = await recordedAs(sources, id, id);
  if (recorded.firsts.length > 0) {
    return recorded;
  }
  const own = await ownDecision(sources, id);
  if (own !== undefined) {
    return { firsts: [own], isComplete: true };
  }
  const batch = batchOfPart(id);
  return batch === undefined ? recorded : recordedAs(sources, batch, id);
}

async function ownDecision({ readEvents, last }: DecisionSources, id: string): Promise<LedgerEvent | undefined> {
  const number = Number(OWN.exec(id)?.[1] ?? 0);
  const [event] = number > 0 && number <= last ? await readEvents([number]) : [];
  return event?.commandId === id && event.command === undefined ? event : undefined;
}

async function recordedAs(
  { positions, readEvents, last }: DecisionSources,
  commandId: string,
  id: string,
): Promise<FoundDecisions> {
  const { numbers, isComplete } = await positions.command(commandId);
  const events = await readEvents(numbers.filter((number) => number <= last));
  return { firsts: events.filter((event) => isOfCommand(event, id)), isComplete };
}

/** Whether the id is that of the event's command, of the writer's own decision, or of a part of the batch. */
export function isOfCommand({ commandId, command }: LedgerEvent, id: string): boolean {
  const place = command?.type === 'AtomicBatch' ? PART.exec(id) : null;
  return (
    commandId === id ||
    (command?.type === 'AtomicBatch' && place?.[1] === commandId && Number(place[2]) < command.commands.length)
  );
}

/** Of which batch an id may be that of a part; undefined where it is none of any. */
export function batchOfPart(id: string): string | undefined {
  return PART.exec(id)?.[1];
}

const OWN = /^[A-Za-z]+\.([1-9]\d{0,14})$/;
const PART = /^(.+)\.(0|[1-9]\d{0,2})$/;
