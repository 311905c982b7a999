import type { MoveView, SideView } from '@fleetbook/contracts';
import { legalCommands, type MoveKind } from '@fleetbook/domain';
import { printCharge } from './charge.ts';
import { type Column, printFacts, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** `live node-1 -> node-2, running`; says so when it is in error. */
export function moveText(move: MoveView): string {
  return `${move.kind} ${placesText(move)}, ${stateText(move)}`;
}

function placesText({ source = 'shelf', destination }: MoveView): string {
  return `${source} -> ${destination}`;
}

function stateText({ state, isError, kind }: MoveView): string {
  if (!isError) {
    return state;
  }
  return hasWayBack(kind) ? `${state}, in error: confirm or revert it` : `${state}, in error: confirm it`;
}

/** Whether a move of this kind can be reverted once it has switched. */
export function hasWayBack(kind: MoveKind): boolean {
  return legalCommands({ kind, state: 'switched', other: undefined }).includes('RevertMove');
}

const COLUMNS: readonly Column<MoveView>[] = [
  { title: 'move', cell: ({ moveId }) => moveId },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'from -> to', cell: placesText },
  { title: 'state', cell: stateText },
  { title: 'since', cell: ({ since }) => new Date(since).toISOString() },
  { title: 'also charged', cell: ({ other }) => (other === undefined ? '' : `${other.node}, ${other.state}`) },
];

export function printMoves(terminal: Terminal, moves: readonly MoveView[]): void {
  printTable(terminal, COLUMNS, moves);
}

export function printMove(terminal: Terminal, move: MoveView): void {
  const { other } = move;
  printFacts(terminal, [
    ['move', move.moveId],
    ['kind', move.replace ? `${move.kind}, replacing` : move.kind],
    ['instance', move.instance],
    ['from -> to', placesText(move)],
    ['state', stateText(move)],
    ['since', new Date(move.since).toISOString()],
    ['claimant', `${move.claimant.role} ${move.claimant.id}`],
    ['legal now', move.legal.join(' ') || 'nothing'],
    ['also charged', other === undefined ? 'nothing' : sideText(other)],
  ]);
  const charged = other?.counted ?? other?.charge ?? [];
  if (charged.length > 0) {
    terminal.print('');
    printCharge(terminal, charged);
  }
}

/** Old and new on one node share what they can. */
function sideText({ side, node, state, counted }: SideView): string {
  const place = `the ${side} ${node}, ${state}`;
  if (counted === undefined) {
    return place;
  }
  return counted.length === 0 ? `${place}: nothing beyond the claim` : `${place}: beyond the claim`;
}
