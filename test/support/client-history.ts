import { parseToken } from '@fleetbook/contracts';
import type { SentClaim } from './load.ts';
import type { LogReading } from './log-reading.ts';

/**
 * What clients were told, held against the log: an acknowledged outcome is recorded once, by the event that its reply
 * names, and of a claim that was accepted nobody was told anything else. Gives what is wrong, one line each.
 */
export function contradictions(sent: readonly SentClaim[], { events, decisions }: LogReading): readonly string[] {
  return sent.flatMap(({ commandId, reply }) => {
    const count = decisions.get(commandId) ?? 0;
    if (reply.outcome === 'error') {
      return count > 1 ? [`${commandId}: no outcome was told, ${count} are recorded`] : [];
    }
    if (reply.outcome === 'unchanged') {
      return [`${commandId}: a new claim cannot be unchanged`];
    }
    const number = parseToken(reply.token)?.number ?? 0;
    const event = events[number - 1];
    const isThere = event?.commandId === commandId && event.number === number;
    const isSame = (event?.type === 'CommandRejected') === (reply.outcome === 'refused');
    return count === 1 && isThere && isSame
      ? []
      : [`${commandId}: told ${reply.outcome} at ${number}, recorded ${count} times, there is ${event?.type}`];
  });
}
