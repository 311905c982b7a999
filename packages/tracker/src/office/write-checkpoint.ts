import { apply, type DecidedEvent } from '@fleetbook/domain';
import type { Clock, Logger, Metrics } from '@fleetbook/operations';
import { DIGEST_VERSION } from '@fleetbook/snapshot';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import { draftTimedDecision } from '../gate/draft-timed-decision.ts';
import type { TrackerSettings } from '../settings.ts';
import { ledgerTime, noteChanges, type WriterState } from './writer-state.ts';

export interface WriteCheckpointOptions {
  readonly settings: Pick<TrackerSettings, 'writer'>;
  readonly state: WriterState;
  readonly clock: Clock;
  readonly pipeline: Pick<CommitPipeline, 'isFull' | 'add'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** States the digest of the newest milestone in the log, once it is known and unless a checkpoint states it already. */
export function writeCheckpoint({ settings, state, clock, pipeline, metrics, logger }: WriteCheckpointOptions): void {
  const due = state.milestones.unstated;
  if (due === undefined || pipeline.isFull) {
    return;
  }
  const decided: DecidedEvent = {
    type: 'Checkpoint',
    schemaVersion: 1,
    data: { upTo: due.upTo, digestVersion: DIGEST_VERSION, digest: due.digest },
  };
  const at = ledgerTime(state, clock);
  const draft = draftTimedDecision(settings.writer, decided, state.lastNumber + 1, at);
  const [event] = draft.events;
  noteChanges(state, apply(state.ledger, event));
  state.milestones.note(event);
  state.lastNumber = event.number;
  state.lastAt = at;
  pipeline.add({ ...draft, nodes: [], holdings: undefined, reply: undefined });
  metrics.counter('fleetbook_checkpoints_written_total').add();
  logger.info('checkpoint stated', { number: event.number, upTo: due.upTo });
}
