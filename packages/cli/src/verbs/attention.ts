import {
  ATTENTION_KINDS,
  type AttentionAnswer,
  type AttentionItem,
  type AttentionKind,
  type AttentionQuery,
} from '@fleetbook/contracts';
import { type Call, type Run, usageFailure } from '../call.ts';
import { didYouMean } from '../grammar/did-you-mean.ts';
import { printAttention } from '../output/attention.ts';
import { type Column, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { question } from '../session/question.ts';

export const attention: Run = async (call) => {
  const { args } = call;
  const kinds: AttentionKind[] = [];
  for (const text of args.texts('kind')) {
    const kind = ATTENTION_KINDS.find((name) => name === text);
    if (kind === undefined) {
      const next = didYouMean(text, ATTENTION_KINDS) ?? `one of: ${ATTENTION_KINDS.join(', ')}`;
      return { failure: usageFailure(`There is nothing called ${text} to attend to`, next) };
    }
    kinds.push(kind);
  }
  const node = args.text('node');
  const fields = { ...(kinds.length === 0 ? {} : { kinds }), ...(node === undefined ? {} : { node }) };
  return question(call, 'attention', { ...fields, ...limitsOf(call) }, { print: printAnswer, isYes: isQuiet });
};

function limitsOf({ args }: Call): AttentionQuery {
  const [olderThanMs, withinMs] = [args.number('older-than'), args.number('within')];
  const [limit, after] = [args.number('limit'), args.text('after')];
  return {
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
    ...(withinMs === undefined ? {} : { withinMs }),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  };
}

function isQuiet({ items }: AttentionAnswer): boolean {
  return items.length === 0;
}

function printAnswer(terminal: Terminal, { items, counts, next }: AttentionAnswer): void {
  if (items.length === 0) {
    terminal.print('nothing needs attention');
    return;
  }
  printAttention(terminal, items);
  terminal.say(
    counts
      .filter(({ count }) => count > 0)
      .map(({ kind, count }) => `${count} ${kind}`)
      .join(', '),
  );
  if (next !== undefined) {
    terminal.say(`there are more: --after ${next}, or a higher --limit`);
  }
}

type DriftItem = Extract<AttentionItem, { readonly kind: 'drift' }>;

const DRIFT_COLUMNS: readonly Column<DriftItem>[] = [
  { title: 'node', cell: ({ node }) => node },
  { title: 'drift', cell: ({ drift }) => drift },
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'move', cell: ({ moveId }) => moveId ?? '' },
  { title: 'since', cell: ({ since }) => new Date(since).toISOString() },
  { title: 'found by event', cell: ({ foundAt }) => String(foundAt), isNumeric: true },
  { title: 'details', cell: ({ details }) => JSON.stringify(details) },
];

/** How the guests of one node, or of all, differ from the ledger. */
export const nodeAudit: Run = (call) => {
  const node = call.args.optionalWord('NODE');
  const fields: AttentionQuery = {
    kinds: ['drift'],
    ...(node === undefined ? {} : { node }),
    ...limitsOf(call),
  };
  return question(call, 'attention', fields, {
    isYes: isQuiet,
    print(terminal, { items, next }) {
      const drifts = items.filter((item) => item.kind === 'drift');
      if (drifts.length === 0) {
        terminal.print(`no drift${node === undefined ? '' : ` on ${node}`}`);
        return;
      }
      printTable(terminal, DRIFT_COLUMNS, drifts);
      terminal.say('fleetbook heal NODE lets the next report of its guests heal what can be healed');
      if (next !== undefined) {
        terminal.say(`there are more: --after ${next}, or a higher --limit`);
      }
    },
  });
};
