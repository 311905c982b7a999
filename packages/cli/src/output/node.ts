import type { HeldView, NodeAnswer, PolicyView, ProviderView, SettingsView } from '@fleetbook/contracts';
import type { HeldSide, OpenDrift } from '@fleetbook/domain';
import { printFigures } from './figures.ts';
import { statusText } from './node-status.ts';
import { type Column, printFacts, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A node with all that is known of it: status, settings, providers, what it holds and how its guests differ. */
export function printNode(terminal: Terminal, node: NodeAnswer): void {
  printFacts(terminal, [
    ['node', node.node],
    ['status', statusText(node)],
    ['owner', node.transferTo === undefined ? node.owner : `${node.owner}, may go to ${node.transferTo}`],
    ['incarnation', `${node.incarnation} (boot ${node.bootId})`],
    ['inventory', inventoryText(node)],
    ['generation', String(node.generation)],
    ['claims', node.claimCount],
    ...(node.sideCount === 0 ? [] : [['for moves', node.sideCount] as const]),
    ...(node.failedBuilds === 0 ? [] : [['failed builds', node.failedBuilds] as const]),
    ...settingFacts(node.settings),
  ]);
  node.providers.forEach((provider) => void printProvider(terminal, provider));
  printUnlessEmpty(terminal, HELD_COLUMNS, node.held);
  printUnlessEmpty(terminal, SIDE_COLUMNS, node.sides);
  printUnlessEmpty(terminal, DRIFT_COLUMNS, node.drifts);
  sayWhatIsLeftOut(terminal, node.more ?? {});
}

const WORDS: Readonly<Record<string, string>> = { held: 'instances', sides: 'sides of moves' };

/** Of lists that one message has no room for. */
function sayWhatIsLeftOut(terminal: Terminal, more: Readonly<Record<string, number>>): void {
  const counts = Object.entries(more)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} more ${WORDS[name] ?? name}`);
  if (counts.length > 0) {
    terminal.say(`the answer has no room for ${counts.join(', ')}`);
  }
}

const HELD_COLUMNS: readonly Column<HeldView>[] = [
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'claim', cell: ({ claimId }) => claimId },
  {
    title: 'is',
    cell: ({ isReleasing, moveId }) => (isReleasing ? 'releasing' : moveId === undefined ? '' : 'moving'),
  },
];

const SIDE_COLUMNS: readonly Column<HeldSide>[] = [
  { title: 'for a move of', cell: ({ instance }) => instance },
  { title: 'move', cell: ({ moveId }) => moveId },
  { title: 'is', cell: ({ kind, moveState, side, state }) => `${side} of a ${kind}, ${moveState}: ${state}` },
];

const DRIFT_COLUMNS: readonly Column<OpenDrift>[] = [
  { title: 'drift', cell: ({ kind }) => kind },
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'since', cell: ({ since }) => new Date(since).toISOString() },
];

function printUnlessEmpty<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  if (rows.length > 0) {
    terminal.print('');
    printTable(terminal, columns, rows);
  }
}

function inventoryText({ inventoryStatus }: NodeAnswer): string {
  switch (inventoryStatus.kind) {
    case 'unknown':
      return 'never reported';
    case 'stale':
      return `stale since ${new Date(inventoryStatus.since).toISOString()}: ${inventoryStatus.reason}`;
    case 'reported':
      // Each incarnation counts its own reports; what the one before reported still holds.
      return inventoryStatus.sequence === 0 ? 'of the incarnation before' : `report ${inventoryStatus.sequence}`;
  }
}

function settingFacts({ policies, overlay, overlayState, driftPolicy }: SettingsView) {
  const pending = overlayState.pending.map((id) => id || 'the root');
  return [
    ...(policies.length === 0 ? [] : [['policy', policies.map(policyText).join(', ')] as const]),
    ...(overlay.length === 0 ? [] : [['overlay', `${overlay.length} targets`] as const]),
    ...(pending.length === 0 ? [] : [['overlay waits for', pending.join(' ')] as const]),
    ['drift policy', driftPolicy] as const,
  ];
}

function policyText({ provider, class: name, reserved, allocationRatio }: PolicyView): string {
  const figures = [
    ...(allocationRatio === undefined ? [] : [`ratio ${allocationRatio}`]),
    ...(reserved === undefined ? [] : [`reserved ${reserved}`]),
  ];
  return `${provider} ${name} ${figures.join(' ')}`;
}

function printProvider(terminal: Terminal, provider: ProviderView): void {
  const facts = [
    provider.parent === undefined ? 'root' : `under ${provider.parent}`,
    ...(provider.traits.length === 0 ? [] : [`traits ${provider.traits.join(' ')}`]),
    ...(provider.aggregates.length === 0 ? [] : [`aggregates ${provider.aggregates.join(' ')}`]),
    ...(provider.isVanished ? ['vanished'] : []),
  ];
  terminal.print('');
  terminal.print(`provider ${provider.id} (${facts.join(', ')})`);
  printFigures(terminal, provider.inventories);
  for (const { class: name, units = [], takenUnits, isVanished } of provider.inventories) {
    const free = isVanished ? [] : units.filter((unit) => !takenUnits.includes(unit));
    if (takenUnits.length + free.length > 0) {
      terminal.print(`units of ${name}: taken ${unitList(takenUnits)}; free ${unitList(free)}`);
    }
  }
}

function unitList(units: readonly string[]): string {
  return units.length === 0 ? 'none' : units.join(' ');
}
