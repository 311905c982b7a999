import type { LedgerEvent, LedgerEventOf } from '../event.ts';
import type { Cell, InboxState, ParkedMessage } from '../ledger.ts';
import { impossible } from './parts.ts';

/** Parked messages kept for an operator; beyond it the oldest is let go, and only its event tells of it. */
export const MAX_PARKED = 1_000;

const NOTHING_READ: InboxState = { upTo: 0, parked: [] };

type InboxEvent = LedgerEventOf<'InboxPassed' | 'InboxParked' | 'InboxRetried' | 'InboxDiscarded'>;

export const isInboxEvent = (event: LedgerEvent): event is InboxEvent =>
  event.type === 'InboxPassed' ||
  event.type === 'InboxParked' ||
  event.type === 'InboxRetried' ||
  event.type === 'InboxDiscarded';

/** The message is dealt with: it is no later than `upTo`, and not parked. */
const settle = (event: LedgerEvent, { upTo, parked }: InboxState, sequence: number): InboxState => {
  const rest = parked.filter((message) => message.sequence !== sequence);
  if (sequence <= upTo && rest.length === parked.length) {
    throw impossible(event, `message ${sequence} of the inbox was dealt with before`);
  }
  return { upTo: Math.max(upTo, sequence), parked: rest.length === parked.length ? parked : rest };
};

const park = (event: LedgerEventOf<'InboxParked'>, before: InboxState): InboxState => {
  const { sequence, code, reason } = event.data;
  const { upTo, parked } = settle(event, before, sequence);
  const message: ParkedMessage = { sequence, code, reason, since: event.at };
  const after = [...parked, message].sort((left, right) => left.sequence - right.sequence);
  return { upTo, parked: after.slice(-MAX_PARKED) };
};

const retry = (event: LedgerEventOf<'InboxRetried'>, before: InboxState): InboxState => {
  const { sequence } = event.data;
  if (!before.parked.some((message) => message.sequence === sequence)) {
    throw impossible(event, `message ${sequence} of the inbox is not parked`);
  }
  const parked = before.parked.map((message) =>
    message.sequence === sequence ? { ...message, isRetried: true as const } : message,
  );
  return { ...before, parked };
};

const inboxAfter = (event: LedgerEvent, before: InboxState): InboxState => {
  switch (event.type) {
    case 'InboxParked':
      return park(event, before);
    case 'InboxRetried':
      return retry(event, before);
    case 'InboxPassed':
    case 'InboxDiscarded':
      return settle(event, before, event.data.sequence);
    default:
      return event.inboxSequence === undefined ? before : settle(event, before, event.inboxSequence);
  }
};

/** The cell once the message that `event` came from, or is about, is dealt with. */
export const cellAfterMessage = (event: LedgerEvent, cell: Cell): Cell => ({
  ...cell,
  inbox: inboxAfter(event, cell.inbox ?? NOTHING_READ),
});
