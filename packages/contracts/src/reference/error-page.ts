import { REJECTION_CODES } from '@fleetbook/domain';
import type { ErrorEntry } from '../errors/entry.ts';
import { ERROR_CATALOGUE } from '../errors/error.ts';
import { FAULT_ENTRIES } from '../errors/faults.ts';

const HEAD = `# Errors

Generated from the catalogue; change that, not this page.

Every error has the form \`{"code", "message", "retry", "details"}\`. Branch on \`code\`; \`message\` is for people and may
change; \`details\` holds the facts that the message names.

\`retry\` says what helps: \`same-id\`: send the identical message again (same command id, same body); \`new-id\`: the
outcome is final, ask again later or elsewhere under a fresh command id; \`never\`: the message itself has to change.

*Recorded* refusals stand in the log: the same command id gets the same answer for ever after. All others changed
nothing, not even the log. *Exit* is the exit code of the command line: 1 the answer is no, 2 usage, 3 refused,
4 unavailable, 5 damaged or too new data, 70 a bug.
`;

const row = ([code, entry]: readonly [string, ErrorEntry]): string =>
  `| \`${code}\` | ${entry.category} | ${entry.retry} | ${entry.isRecorded ? 'yes' : 'no'} | ${entry.exitCode} | ${entry.about} |`;

const table = (entries: readonly (readonly [string, ErrorEntry])[]): string =>
  ['| code | category | retry | recorded | exit | when |', '|---|---|---|---|---|---|', ...entries.map(row)].join('\n');

/** The reference page of the catalogue, as Markdown. */
export const errorPage = (): string =>
  [
    HEAD,
    '## Refused by the domain\n\nIn order of precedence: when several rules are broken, the first one here is named.\n',
    table(REJECTION_CODES.map((code) => [code, ERROR_CATALOGUE[code]])),
    '\n## Everything else\n\nFaults of a message come first, in the order in which they are looked for.\n',
    table(Object.entries(FAULT_ENTRIES)),
    '',
  ].join('\n');
