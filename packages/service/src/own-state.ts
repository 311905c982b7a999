import type { FleetbookError, HighWaterMark } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import {
  createNodeDisk,
  type MarkKeeper,
  openMarkKeeper,
  type ServiceScope,
  stateDirectories,
  systemClock,
  systemTimers,
} from '@fleetbook/operations';
import { takeOwnDirectory } from './own-directory.ts';
import type { Program } from './program.ts';

export interface OwnState {
  /** Of this process alone, until the scope ends. */
  readonly directory: string;
  readonly marks: MarkKeeper;
  /** What this process or another of the cell on this machine knew to be durable; undefined where nobody did. */
  readonly known: HighWaterMark | undefined;
}

/** Takes a state directory for this process and reads the high-water mark kept there. Error: DATA_IN_USE. */
export async function openOwnState(program: Program, scope: ServiceScope): Promise<Result<OwnState, FleetbookError>> {
  const directory = await takeOwnDirectory(program, scope);
  if (!directory.ok) {
    return directory;
  }
  const marks = await openMarkKeeper({
    disk: createNodeDisk(),
    directory: directory.value,
    clock: systemClock,
    timers: systemTimers,
    logger: program.logger,
    metrics: program.metrics,
    intervalMs: program.config.highWaterMarkIntervalMs,
    neighbours: () => stateDirectories(program.config.data, program.config.cell),
  });
  scope.onStop('high-water mark', () => marks.stop());
  const known = marks.mark ?? (await marks.neighbours())[0];
  return succeed({ directory: directory.value, marks, known });
}
