import { REJECTION_CODES } from '@fleetbook/domain';
import { detailNames, type ErrorCode, errorEntry, isErrorCode } from '../errors/error.ts';
import { FAULT_ENTRIES } from '../errors/faults.ts';
import { quoted, tableOf } from './markdown.ts';

const HEAD = `# Errors

Generated from the catalogue; change that, not this page.

Every error has the form \`{"code", "message", "retry", "details"}\`. Branch on \`code\`; \`message\` is for people
and may change; \`details\` holds the facts that the message names.

\`retry\` says what helps: \`same-id\`: send the identical message again (same command id, same body); \`new-id\`: the
outcome is final, ask again later or elsewhere under a fresh command id; \`never\`: the message itself has to change.

*Recorded* refusals stand in the log: the same command id gets the same answer for ever after. All others changed
nothing, not even the log. *Exit* is the exit code of the command line: 1 the answer is no, 2 usage, 3 refused,
4 unavailable, 5 damaged or too new data, 70 a bug.
`;

const row = (code: ErrorCode): readonly string[] => {
  const { category, retry, isRecorded, exitCode, about } = errorEntry(code);
  const details = detailNames(code).map(quoted).join(', ');
  return [quoted(code), category, retry, isRecorded ? 'yes' : 'no', String(exitCode), about, details];
};

const HEADINGS = ['code', 'category', 'retry', 'recorded', 'exit', 'when', 'details'];

const table = (codes: readonly ErrorCode[]): string => tableOf(HEADINGS, codes.map(row));

const RULES_FACT = `per group and class the first rule broken and the figures of the node:
\`[{group, class, rule, requested, count?, capacity, charged, headroom, largestFree, held?, provider?}]\`;
what has vanished offers nothing and is left out, with what is charged on it;
\`largestFree\` is the most that one provider of the class has left, also one that may not give the amount asked for
(by its bounds, its step or its traits);
a sum of capacity, charged or headroom beyond ±(2^53 − 1) is given as that bound;
\`group\` is empty for the default group; \`held\`, part of \`charged\`, is of the charge to be replaced;
of an AtomicBatch the figures are those before it;
of a \`REBUILD_GROWS\` only \`{group, class, requested, held}\``.replaceAll('\n', ' ');

const HOLDERS_FACT = `who holds what is in the way, claims and sides of moves:
\`[{instance, claimId}]\` or \`[{instance, moveId, state}]\`, the first by instance; for a fit at most five, of all
that have some of the class, or of the class on the provider named: for \`UNIT_TAKEN\`, too,
whichever units they have`.replaceAll('\n', ' ');

const PART_FACT =
  `of an AtomicBatch: the place of the command that was refused, from 0; beside the details of any refusal,
of which \`rules\`, \`holders\` and \`nodes\` tell the ledger before the batch`.replaceAll('\n', ' ');

const FACTS: readonly (readonly [string, string])[] = [
  ['judgedAt', 'number of the last event the decision knew: ask a projector `atLeast` that before choosing again'],
  ['claim', 'the live claim: `{claimId, node, status, release?: {since, becomes}}`'],
  ['offloaded', 'the last claim of a shelved instance: `{claimId, node}`'],
  ['legal', 'the commands that the state of the move allows; of a node or a rebuild what is to be sent first'],
  ['other', 'the side that the move holds besides the claim: `{side, node, state}`'],
  ['expected', 'state and side that the command named'],
  ['holders', HOLDERS_FACT],
  ['rules', RULES_FACT],
  ['nodes', 'with alternates, why each node did not take the claim: `[{node, code, rules}]`; `code` is the first one'],
  ['part', PART_FACT],
  ['more', 'how many entries of the list were left out, because details hold at most 2 KiB'],
  ['path', 'the field: `providers[0].inventories[2].total`, `labels["app/tier"]`; `(body)` is the body itself'],
  ['rule', 'what the value has to be: `required`, `integer`, `at least 1`, `id`, `resource class`, `one of: …`'],
];

const factTable = (): string =>
  tableOf(
    ['detail', 'what it holds'],
    FACTS.map(([name, about]) => [quoted(name), about]),
  );

const PRECEDENCE = `In order of precedence: when several rules are broken, the first one here is named. A rule is
judged on what it is about, which has to be found first:

- Whether a node, claim or move is the actor's (\`NOT_AUTHORISED\`) shows on it: that it is not there or not the one
  named comes first (\`NODE_NOT_FOUND\`, \`MOVE_NOT_FOUND\`, \`CLAIM_NOT_FOUND\`, \`INSTANCE_ENDED\`,
  \`CLAIM_MISMATCH\`, \`MOVE_MISMATCH\`), of a claim also that its node has started again (\`STALE_INCARNATION\`). A
  role that may never send the command is told so before anything else.
- The \`incarnation\` in a command about a move is that of the node whose charge it frees, which shows on the move:
  after \`MOVE_NOT_FOUND\` and \`MOVE_MISMATCH\`. Where a closed move has no charge left to free, none is judged.
- A node that is closed to claims refuses a \`RebuildInstance\` only where the instance would grow, which shows on its
  claim: after whatever is to be said about that and its open move.
- A \`ClaimInstance\` with \`alternates\` judges the instance before the nodes.
- Rules of a \`Reshape\` and parts of an \`AtomicBatch\` are judged in the order in which they stand.
`;

/** The reference page of the catalogue, as Markdown. */
export const errorPage = (): string =>
  [
    HEAD,
    `## Refused by the domain\n\n${PRECEDENCE}`,
    table(REJECTION_CODES),
    '\n## Everything else\n\nFaults of a message come first, in the order in which they are looked for.\n',
    table(Object.keys(FAULT_ENTRIES).filter(isErrorCode)),
    '\n## Details that are more than a number or a name\n',
    factTable(),
    '',
  ].join('\n');
