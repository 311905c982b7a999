import { COMMAND_TYPES, type Command, type CommandType } from '../command.ts';
import type { MoveState } from '../move.ts';
import { CLAIM_TABLE, type ClaimState } from './claim-table.ts';
import { isOpen, MOVE_TABLES } from './move-table.ts';
import type { Transition } from './transition.ts';

type Cells<State extends string> = Readonly<Record<string, Transition<State>>>;
type Table<State extends string> = Readonly<Record<string, Cells<State>>>;

/** An instance in one of these holds nothing. */
const FREE: readonly ClaimState[] = ['none', 'offloaded', 'ended'];

/** What one of these holds was charged on the way to it. */
const CHARGED_ON_ENTRY: readonly ClaimState[] = ['unconfirmed', 'moving', 'unshelving'];

/** Every state that a command reaches, with the one it reaches it from. */
function stepsOf<State extends string>(type: CommandType, tables: readonly Table<State>[]) {
  return tables.flatMap((table) =>
    Object.entries(table).flatMap(([from, cells]) => {
      const transition = cells[type];
      return transition?.kind === 'reach' ? [{ from, to: transition.state }] : [];
    }),
  );
}

function onlyFrees(type: CommandType): boolean {
  const ofClaims = stepsOf<ClaimState>(type, [CLAIM_TABLE]);
  const ofMoves = stepsOf<MoveState>(type, Object.values(MOVE_TABLES));
  return (
    ofClaims.length + ofMoves.length > 0 &&
    ofClaims.every(({ to }) => FREE.includes(to)) &&
    ofMoves.every(({ from, to }) => to === from || !isOpen({ state: to }))
  );
}

/** Commands that never charge anything: all that the tables let them do is to let go of what is held. */
export const RELEASES: readonly CommandType[] = COMMAND_TYPES.filter(onlyFrees);

/** Commands that charge what was not charged before. */
export const NEW_CLAIMS: readonly CommandType[] = COMMAND_TYPES.filter((type) =>
  stepsOf<ClaimState>(type, [CLAIM_TABLE]).some(({ to }) => CHARGED_ON_ENTRY.includes(to)),
);

const releases = new Set<string>(RELEASES);
const newClaims = new Set<string>(NEW_CLAIMS);

/** Whether all that the command may do is to let go: of an atomic batch, every part. */
export const isRelease = (command: Command): boolean =>
  command.type === 'AtomicBatch'
    ? command.commands.every(({ type }) => releases.has(type))
    : releases.has(command.type);

/** Whether the command charges something new: of an atomic batch, any part. */
export const isNewClaim = (command: Command): boolean =>
  command.type === 'AtomicBatch'
    ? command.commands.some(({ type }) => newClaims.has(type))
    : newClaims.has(command.type);
