import { MOVE_KINDS, MOVE_SIDES, type MoveCommandType, PERMISSIONS, RELEASES, type Scope } from '@fleetbook/domain';
import { quoted, tableOf } from './markdown.ts';

const HEAD = `# Permissions

Generated from the tables that the ledger decides by; change those, not this page.

Role and actor are in the subject of a command. \`fleetbook nats-config\` prints the configuration of a nats-server that
holds every user to them; the tracker judges them again. What is not in the table is \`NOT_AUTHORISED\`, is answered,
and is never recorded.
`;

const SCOPES: Readonly<Record<Scope, string>> = {
  any: 'any',
  'own-node': 'own nodes',
  'own-claim': 'own claims and moves',
  'own-side': 'moves with a side on an own node',
};

const SENDERS = ['agent', 'scheduler', 'operator'] as const;

const scopeText = (scope: Scope | undefined): string => (scope === undefined ? '–' : SCOPES[scope]);

const commandTable = (): string =>
  tableOf(
    ['command', ...SENDERS],
    Object.entries(PERMISSIONS).map(([type, scopes]) => [
      quoted(type),
      ...SENDERS.map((role) => scopeText(scopes[role])),
    ]),
  );

const NOTES = `An agent's *own nodes* are those it registered. \`RegisterNode\` is how it gets one: a node of another
agent is \`NODE_OWNED_BY\`, unless it was transferred to the new agent, or is down and fenced. The node of a
\`ClaimMove\` is its destination, and with \`alternates\` every node of a claim has to be the agent's own. *Own claims
and moves* are those that the same role and actor made. Each command of an \`AtomicBatch\` is judged as if it came
alone.`;

const COMMANDS: readonly MoveCommandType[] = [
  'AdvanceMove',
  'ConfirmMove',
  'RevertMove',
  'FailMove',
  'CancelMove',
  'DropMoveClaim',
];

const sideTable = (): string =>
  tableOf(
    ['move', ...COMMANDS.map(quoted)],
    MOVE_KINDS.map((kind) => [kind, ...COMMANDS.map((type) => MOVE_SIDES[kind][type].join(', '))]),
  );

const SIDES = `## Sides of a move

The sides whose node's agent may send the command. A source that is down, or that there is none of, has no say before
its charge is left behind: neither about the move nor, by \`DropInstance\`, about the instance (\`MOVE_OPEN\`).`;

const FREEING = `## Who may free a charge

To be allowed to ask is not to be allowed to free: nothing is freed while it may still run.

| who asks | what becomes of the charge |
|---|---|
| the agent that owns its node, in the current incarnation | freed |
| anybody who may send the command, when the node is down and fenced, or retired | freed |
| an operator with \`ForceDrop\` | freed, and recorded as forced |
| an audit whose policy heals it | freed, and recorded with the drift that it answers |
| anybody who may send the command, for a claim never confirmed or a move that is only claimed | freed |
| the time to live of a claim never confirmed | freed, as \`ClaimExpired\` |
| anybody else who may send the command | **releasing**: charged in full until one of the others frees it |

An agent that names an incarnation of its node which is over is \`STALE_INCARNATION\`. What a completed evacuation left
behind is freed by the source's agent from its next incarnation on; to enable the node is not enough.`;

const releases = (): string => `## Releases

By their tables of states these can only let go of what is held, never charge: ${RELEASES.map(quoted).join(', ')}, and
an \`AtomicBatch\` of nothing else. They have a share of the tracker's queue to themselves, and are decided also where
an actor's other commands are \`RETRY_LATER\`. In a \`Batch\` they share the place of its message in the queue.`;

/** The reference page of who may do what, as Markdown. */
export const permissionPage = (): string =>
  [HEAD, commandTable(), `\n${NOTES}`, `\n${SIDES}\n`, sideTable(), `\n${FREEING}`, `\n${releases()}`, ''].join('\n');
