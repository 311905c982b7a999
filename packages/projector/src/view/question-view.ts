import type { Ledger } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import type { NodeTable } from '../candidates/node-table.ts';
import type { AttentionIndex } from './attention-index.ts';
import type { BookmarkIndex } from './bookmark-index.ts';
import type { DigestKeeper } from './digest-keeper.ts';
import type { MoveIndex } from './move-index.ts';
import type { RunningCounters } from './running-counters.ts';
import type { TenantUsage } from './tenant-usage.ts';

/** What questions are answered from: an inventory at one event, with the indexes that they look into. */
export interface QuestionView {
  readonly ledger: Ledger;
  readonly table: NodeTable;
  readonly tenants: TenantUsage;
  /** The tenant of the instance whose move this is, for what the move holds besides the claim. */
  tenantOfSide(moveId: string): string | undefined;
  readonly counters: RunningCounters;
  readonly moves: MoveIndex;
  readonly attention: AttentionIndex;
  readonly bookmarks: Pick<BookmarkIndex, 'before'>;
  readonly digest: Pick<DigestKeeper, 'hex'>;
  readonly bookmark: Bookmark;
  /** Time of the last event folded, epoch milliseconds; 0 before the first. */
  readonly at: number;
}
