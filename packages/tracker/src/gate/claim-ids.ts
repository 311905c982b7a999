import type { CommandMessage, CommandType, LedgerEvent } from '@fleetbook/domain';
import { idsOf } from './command-ids.ts';

const NONE: readonly string[] = [];

const CLAIMING: ReadonlySet<CommandType> = new Set<CommandType>([
  'ClaimInstance',
  'AdoptInstance',
  'ClaimMove',
  'ReportGuests',
]);

/** Events whose command id becomes the id of a claim or a move; of a heal, where it adopts. */
const MAKES_CLAIM: ReadonlySet<string> = new Set<LedgerEvent['type']>([
  'InstanceClaimed',
  'InstanceAdopted',
  'MoveClaimed',
]);

/** The ids that a command would give to claims and moves; empty for most. */
export function wantedClaimIds(message: CommandMessage): readonly string[] {
  const { command, commandId } = message;
  if (command.type !== 'AtomicBatch') {
    return CLAIMING.has(command.type) ? [commandId] : NONE;
  }
  const [, ...partIds] = idsOf(message);
  return partIds.filter((_, place) => CLAIMING.has(command.commands[place]?.type ?? 'AtomicBatch'));
}

/** The ids that a decision gave to claims and moves. */
export function givenClaimIds(recorded: readonly LedgerEvent[]): readonly string[] {
  return recorded.flatMap((event) => {
    if (event.type === 'AtomicBatchApplied') {
      const [, ...partIds] = idsOf(event);
      return partIds.filter((_, place) => MAKES_CLAIM.has(event.data.parts[place]?.type ?? ''));
    }
    const adopts = event.type === 'DriftHealed' && event.data.healed.some(({ effect }) => effect === 'adopted');
    return adopts || MAKES_CLAIM.has(event.type) ? [event.commandId] : [];
  });
}
