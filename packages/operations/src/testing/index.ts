/** In-memory versions of the ports, for tests and simulation. */
export { type ManualClock, manualClock } from './manual-clock.ts';
export { type MemoryDisk, memoryDisk } from './memory-disk.ts';
export { type MemoryLogger, memoryLogger } from './memory-logger.ts';
export { memoryMarks } from './memory-marks.ts';
export { sequentialIds } from './sequential-ids.ts';
