import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LedgerEvent } from '../event.ts';
import type { Instance, Ledger, Move } from '../ledger.ts';
import { anyMoveSteps, scarceCell } from '../testing/random-moves.ts';
import { CLAIM_TABLE, type ClaimCommandType, claimStateOf } from './claim-table.ts';
import { CLAIM_CONSEQUENCES, MOVE_CONSEQUENCES } from './consequences.ts';
import { MOVE_TABLES, type MoveCommandType } from './move-table.ts';

interface Change {
  readonly from: string;
  readonly to: string;
}

const isClaimCommand = (type: string): type is ClaimCommandType => type in CLAIM_TABLE.none;
const isMoveCommand = (type: string): type is MoveCommandType => type in MOVE_TABLES.resize.claimed;

/** What a command goes by in the table of claims. */
const cellOf = ({ command }: LedgerEvent): string =>
  command?.type === 'ClaimMove' && command.kind === 'unshelve' ? 'Unshelve' : (command?.type ?? '');

const isByClaimTable = (event: LedgerEvent, id: string, before: Instance | undefined, { to }: Change): boolean => {
  const type = cellOf(event);
  const isNamed = event.command !== undefined && 'instance' in event.command && event.command.instance === id;
  if (!isNamed || !isClaimCommand(type)) return false;
  const cell = CLAIM_TABLE[claimStateOf(before)][type];
  return cell.kind === 'reach' && cell.state === to;
};

const isByMoveTable = ({ command }: LedgerEvent, { id, kind, state }: Move, { to }: Change): boolean => {
  if (command === undefined || !isMoveCommand(command.type) || !('moveId' in command)) return false;
  const cell = MOVE_TABLES[kind][state][command.type];
  return command.moveId === id && cell.kind === 'reach' && cell.state === to;
};

const isConsequence = (table: typeof CLAIM_CONSEQUENCES | typeof MOVE_CONSEQUENCES, type: string, change: Change) =>
  table.some(({ from, to, by }) => from === change.from && to === change.to && by.some((each) => each === type));

const copyOf = ({ instances, moves }: Ledger) => ({ instances: new Map(instances), moves: new Map(moves) });

/** The changes of state that no table names. */
const unnamed = (before: ReturnType<typeof copyOf>, event: LedgerEvent, after: Ledger): string[] => {
  const ofInstances = [...new Set([...before.instances.keys(), ...after.instances.keys()])].flatMap((id) => {
    const old = before.instances.get(id);
    const change = { from: claimStateOf(old), to: claimStateOf(after.instances.get(id)) };
    const isNamed = isByClaimTable(event, id, old, change) || isConsequence(CLAIM_CONSEQUENCES, event.type, change);
    return change.from === change.to || isNamed ? [] : [`${event.type}: ${change.from} → ${change.to}`];
  });
  const ofMoves = [...before.moves.values()].flatMap((old) => {
    const change = { from: old.state, to: after.moves.get(old.id)?.state ?? 'forgotten' };
    const isNamed = isByMoveTable(event, old, change) || isConsequence(MOVE_CONSEQUENCES, event.type, change);
    return change.from === change.to || isNamed ? [] : [`${event.type}: ${old.kind} ${change.from} → ${change.to}`];
  });
  return [...ofInstances, ...ofMoves];
};

it('no history changes a state off the tables', () => {
  fc.assert(
    fc.property(anyMoveSteps, (steps) => {
      const scenario = scarceCell();
      for (const step of steps) {
        const before = copyOf(scenario.ledger);
        const decision = scenario.ask(...step(scenario));
        const event = scenario.events.at(-1);
        // The parts of a batch are decided one by one, and are in the tables by themselves.
        if (decision.kind !== 'accepted' || event === undefined || event.type === 'AtomicBatchApplied') continue;
        expect(unnamed(before, event, scenario.ledger)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
