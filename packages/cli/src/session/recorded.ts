import type { FleetbookClient } from '@fleetbook/client';
import type { CommandReply } from '@fleetbook/contracts';
import type { Command, CommandMessage } from '@fleetbook/domain';

/**
 * The recorded outcome of the very command that is sent again by its id. A person who repeats a command does so at
 * another time, which the ledger counts as part of it: here it does not matter. Undefined for another command.
 */
export async function recordedOutcome(
  client: FleetbookClient,
  { commandId, actor, command }: CommandMessage,
): Promise<CommandReply | undefined> {
  // The answers that follow are then at least as new as the writer, who knows the command.
  await client.ask('writer', {});
  const history = await client.ask('history', { command: commandId });
  const events = history.outcome === 'answer' ? history.answer.events : [];
  const first = events.find(
    (event) => event.index === 0 && event.actor.role === actor.role && event.actor.id === actor.id,
  );
  if (first?.command === undefined || textOf(first.command) !== textOf(command)) {
    return undefined;
  }
  const outcome = await client.ask('outcome', { commandId, role: client.role, actor: client.actor });
  return outcome.outcome === 'answer' && outcome.answer.status === 'recorded' ? outcome.answer.reply : undefined;
}

/** What was asked for, whichever program asked. */
function textOf({ origin: _, ...fields }: Command): string {
  return JSON.stringify(fields);
}
