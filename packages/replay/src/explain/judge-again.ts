import { isDeepStrictEqual } from 'node:util';
import {
  type BatchPart,
  type Command,
  type CommandMessage,
  type Decision,
  decide,
  type Ledger,
  type LedgerEvent,
  partId,
} from '@fleetbook/domain';
import { hashCommand } from '@fleetbook/event-log';
import type { ReplayIndex } from '../index/replay-index.ts';
import { recall } from '../past/past-view.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';

/** The recorded command of a decision as it was sent; undefined where the writer itself decided. */
export function messageOf(first: LedgerEvent | undefined): CommandMessage | undefined {
  if (first?.command === undefined) {
    return undefined;
  }
  const { commandId, issuedAt = first.at, correlationId, actor, command } = first;
  return { commandId, issuedAt, actor, command, ...(correlationId === undefined ? {} : { correlationId }) };
}

/** The same event with the hash of its command as that stands in it. */
export function withCommandHash(event: LedgerEvent): LedgerEvent {
  const message = messageOf(event);
  return message === undefined
    ? event
    : { ...event, commandHash: hashCommand(message, JSON.stringify(message.command)) };
}

/** Brings back, of what is over, all that a decision on the command looks at. */
export async function recallFor(index: ReplayIndex, view: ViewOfPast, message: CommandMessage): Promise<void> {
  const names = { instances: new Set<string>(), moves: new Set<string>() };
  nameIn(message.command, message.commandId, names);
  for (const id of names.instances) {
    await recall(index, view, 'instances', id);
  }
  for (const id of names.moves) {
    await recall(index, view, 'moves', id);
  }
}

interface Names {
  readonly instances: Set<string>;
  readonly moves: Set<string>;
}

function nameIn(command: Command | BatchPart, commandId: string, names: Names): void {
  // A new claim or move may not have the id of a move on record.
  names.moves.add(commandId);
  if (command.type === 'AtomicBatch') {
    command.commands.forEach((part, place) => void nameIn(part, partId(commandId, place), names));
    return;
  }
  if ('instance' in command) {
    names.instances.add(command.instance);
  }
  if ('moveId' in command && command.moveId !== undefined) {
    names.moves.add(command.moveId);
  }
  if (command.type === 'ReportGuests') {
    command.guests.forEach(({ instance }) => void names.instances.add(instance));
  } else if (command.type === 'Reshape') {
    command.rules.forEach(
      ({ owners = [] }) => void owners.forEach(({ instance }) => void names.instances.add(instance)),
    );
  }
}

/** Judges a message on a ledger at the time of its decision; `number` is that of the last event in the ledger. */
export function judgeOn(ledger: Ledger, message: CommandMessage, number: number, at: number): Decision {
  return decide(ledger, message, { number, at });
}

/** Whether a decision comes to the events that are recorded. */
export function isRecordedAs(decision: Decision, events: readonly LedgerEvent[]): boolean {
  return isDeepStrictEqual(plain(outcomeOf(decision)), plain(events.map(factsOf)));
}

function outcomeOf(decision: Decision): unknown {
  switch (decision.kind) {
    case 'accepted':
      return decision.events.map(factsOf);
    case 'rejected':
      return [{ type: 'CommandRejected', data: decision.rejection }];
    case 'unchanged':
      return [];
  }
}

function factsOf({ type, data }: Pick<LedgerEvent, 'type' | 'data'>) {
  return { type, data };
}

/** As it is stored: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
