import type { AttentionItem } from '@fleetbook/contracts';
import { hasWayBack } from './move.ts';
import { releaseWords } from './release.ts';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<AttentionItem>[] = [
  { title: 'what', cell: ({ kind }) => kind },
  { title: 'node', cell: ({ node }) => node },
  { title: 'about', cell: aboutItem },
  { title: 'since', cell: (item) => ('since' in item ? new Date(item.since).toISOString() : '') },
  { title: 'what to do', cell: adviceFor },
];

export function printAttention(terminal: Terminal, items: readonly AttentionItem[]): void {
  printTable(terminal, COLUMNS, items);
}

function aboutItem(item: AttentionItem): string {
  switch (item.kind) {
    case 'releasing': {
      const asked = `asked for by ${item.requestedBy.role} ${item.requestedBy.id}`;
      return item.moveId === undefined
        ? `${item.instance}, ${asked}`
        : `${item.instance}, move ${item.moveId}, ${asked}`;
    }
    case 'left-behind':
      return `${item.instance}, move ${item.moveId}`;
    case 'move-error':
    case 'move-open':
      return `${item.moveKind} of ${item.instance}, ${item.state}`;
    case 'drift':
      return `${item.drift}: ${item.instance}`;
    case 'overcommitted':
      return `${item.provider} ${item.class} ${item.charged}/${item.capacity}${item.isVanished ? ', vanished' : ''}`;
    case 'stale':
      return item.reason;
    case 'down':
      return item.fenced ? `${item.reason} (fenced)` : item.reason;
    case 'suspect':
      return `${item.failedBuilds} builds failed in a row`;
    case 'report-owed':
      return `a complete guest report since event ${item.owedSince}`;
    case 'overlay-pending':
      return item.provider === '' ? 'the default target: there is no root' : `there is no provider ${item.provider}`;
    case 'unconfirmed': {
      const { expiresAt } = item;
      return `${item.instance}, ${expiresAt === undefined ? 'for ever' : `until ${new Date(expiresAt).toISOString()}`}`;
    }
  }
}

function adviceFor(item: AttentionItem): string {
  switch (item.kind) {
    case 'releasing':
    case 'left-behind':
      return `${releaseOf(item)}, as the agent of the node`;
    case 'move-error':
      return hasWayBack(item.moveKind) ? `move confirm or move revert ${item.moveId}` : `move confirm ${item.moveId}`;
    case 'move-open':
      return `move show ${item.moveId}`;
    case 'drift':
      return `audit ${item.node}, then heal ${item.node}`;
    case 'overcommitted':
      return `node drain ${item.node} shows what can leave`;
    case 'stale':
      return 'its agent reports again';
    case 'down':
      return `node drain ${item.node}; node up ${item.node} when it is back`;
    case 'suspect':
      return 'a build that succeeds clears it';
    case 'report-owed':
      return 'its agent reports all its guests; nothing is claimed there until then';
    case 'overlay-pending':
      return `node overlay ${item.node}`;
    case 'unconfirmed':
      return `instance confirm or instance abort ${item.instance}`;
  }
}

function releaseOf(item: Extract<AttentionItem, { readonly kind: 'releasing' | 'left-behind' }>): string {
  if (item.moveId !== undefined) {
    return `move drop ${item.moveId}`;
  }
  return releaseWords(item.instance, item.kind === 'releasing' ? item.becomes : undefined);
}
