import {
  CLAIM_CONSEQUENCES,
  CLAIM_TABLE,
  type ClaimState,
  INVENTORY_TABLE,
  MOVE_CONSEQUENCES,
  MOVE_KINDS,
  MOVE_TABLES,
  type MoveKind,
  type MoveState,
  type MoveTable,
  NODE_TABLE,
} from '@fleetbook/domain';
import { cellTable, consequenceTable, diagramOf, type Machine, machineOf } from './machine.ts';
import { tableOf } from './markdown.ts';

const HEAD = `# State machines

Generated from the tables that the ledger decides by; change those, not this page.

A cell says what a command does in a state: **→ state** it is recorded and leads there; *recorded* it is recorded and
the state stays; *unchanged* it is so already, nothing is recorded; a code in capitals: it is [refused](errors.md) for
that reason, whatever else is right about it. A command that may be recorded can still be refused for another reason.
Who may send it stands in [permissions](permissions.md).

The diagrams show the changes of state alone. *event* marks those that come from elsewhere than a command to the same
thing: from time, from the move of an instance, from its node, or from somebody without the right to free a charge.
`;

const CLAIM_STATES: Readonly<Record<ClaimState, string>> = {
  none: 'the ledger does not know it, or its claim was aborted or expired',
  unconfirmed: 'claimed and charged; its agent has not started it yet',
  confirmed: 'held',
  moving: 'held, and a move is open',
  releasing: 'its release was asked for; charged in full until somebody who may do so frees it',
  offloaded: 'shelved: it keeps its identity and holds nothing',
  unshelving: 'shelved, and a move is open that brings it back',
  ended: 'gone; its id is not used again',
};

const MOVE_STATES: Readonly<Record<MoveState, string>> = {
  claimed: 'the destination is charged besides the source; nothing runs there',
  prepared: 'the destination is ready',
  running: 'the guest is on its way',
  switched: 'the instance counts as running at the destination; the source stays charged',
  finished: 'it runs there, and waits for its owner to confirm or to revert',
  confirmed: 'closed: the instance stays at the destination',
  reverted: 'closed: the instance is back at the source',
  completed: 'closed: the instance stays at the destination',
  cancelled: 'closed: the instance never left the source',
  failed: 'closed: the instance never left the source',
  dropped: 'closed with the end of its instance',
};

/** Kinds with one table are told together. */
const moveGroups = (): ReadonlyMap<MoveTable, readonly MoveKind[]> => {
  const groups = new Map<MoveTable, MoveKind[]>();
  for (const kind of MOVE_KINDS) groups.set(MOVE_TABLES[kind], [...(groups.get(MOVE_TABLES[kind]) ?? []), kind]);
  return groups;
};

const meanings = (machine: Machine, about: Readonly<Record<string, string>>): string =>
  tableOf(
    ['state', 'meaning'],
    machine.states.map((state) => [`**${state}**`, about[state] ?? '']),
  );

const claimSection = (): readonly string[] => {
  const machine = machineOf(CLAIM_TABLE, 'none', CLAIM_CONSEQUENCES);
  return [
    '## Instances and their claims',
    `\`Unshelve\` is a \`ClaimMove\` of that kind, \`ClaimMove\` one of any other kind. A \`ClaimInstance\` equal to
the live claim is answered with it, and so is an \`AdoptInstance\` of the charge that it asked for on the same node.
\`DropInstance\` and \`ShelveOffload\` from somebody who may not free the charge lead to **releasing** instead. Where
a drop was asked for, a \`ShelveOffload\` changes nothing, whoever sends it: the agent of the node still has to drop
the instance. Commands name the claim by its id; a command for an earlier claim of
the instance is \`CLAIM_MISMATCH\`. Before an evacuation has **switched**, a \`DropInstance\` by the agent of its
source is \`MOVE_OPEN\`: the instance is being brought up elsewhere.`,
    meanings(machine, CLAIM_STATES),
    diagramOf(machine),
    cellTable(machine, 'inputs'),
    'Besides these:',
    consequenceTable(machine),
  ];
};

const MOVE_NOTES: Readonly<Record<MoveKind, string>> = {
  resize: 'Moves with a way back. `FailMove` from **switched** on marks the move: both sides stay charged.',
  cold: '',
  live: 'No way back from **switched** on: `FailMove` marks the move, and it can only be completed.',
  evacuation:
    'The source is down. What it held is left behind there, charged, until its next incarnation drops it or a fence.',
  unshelve: 'There is no source.',
};

const moveSection = (table: MoveTable, kinds: readonly MoveKind[]): readonly string[] => {
  const machine = machineOf(table, 'claimed', MOVE_CONSEQUENCES);
  return [
    `### ${kinds.join(', ')}`,
    kinds
      .map((kind) => MOVE_NOTES[kind])
      .filter((note) => note !== '')
      .join(' '),
    diagramOf(machine),
    cellTable(machine, 'states'),
  ];
};

const moveSections = (): readonly string[] => {
  const all = machineOf(MOVE_TABLES.resize, 'claimed', MOVE_CONSEQUENCES);
  return [
    '## Moves',
    `\`ClaimMove\` opens a move in **claimed**. \`AdvanceMove\` names the state it means to reach, and is refused unless
that is the next one. \`MOVE_STATE\` says the state and the commands that are legal in it. A closed move stays on
record: what is sent again gets the recorded outcome, and \`DropMoveClaim\` lets go of the side that it left charged.`,
    tableOf(
      ['state', 'meaning'],
      Object.entries(MOVE_STATES).map(([state, about]) => [`**${state}**`, about]),
    ),
    'Besides what the tables of the kinds say:',
    consequenceTable(all),
    ...[...moveGroups()].flatMap(([table, kinds]) => moveSection(table, kinds)),
  ];
};

const nodeSections = (): readonly string[] => {
  const node = machineOf(NODE_TABLE, 'enabled');
  const inventory = machineOf(INVENTORY_TABLE, 'unknown');
  return [
    '## Nodes',
    `The first \`RegisterNode\` makes a node, **enabled**. A node that is **down** stays so when its host registers
again, and is no longer fenced then; \`EnableNode\` puts it to use. \`RetireNode\` is refused while anything is held
there. Releases and \`ConfirmClaim\` are taken in every state, moves away in every state but **down**, which only an
evacuation leaves.`,
    diagramOf(node),
    cellTable(node, 'inputs'),
    '## Inventories',
    `\`Unsupported\` is a \`ReportInventory\` that cannot state totals, \`Silence\` three report intervals
(\`reportIntervalMs\` of the cell, 60,000 ms unless it was founded with another) without a \`ReportInventory\`
that was accepted or \`unchanged\`. Nothing else an agent sends counts, neither \`ReportGuests\` nor
\`ReportInstanceState\`: they do not say what the node has. The time runs anew from each report, and for all nodes from
the moment a writer takes office.
A **stale** inventory is the last one known: it is kept, nothing new is charged on it, and releases go on.`,
    diagramOf(inventory),
    cellTable(inventory, 'inputs'),
  ];
};

/** The reference page of the state machines, as Markdown. */
export const stateMachinePage = (): string =>
  [HEAD.trimEnd(), ...claimSection(), ...moveSections(), ...nodeSections(), ''].join('\n\n').trimEnd().concat('\n');
