export { asPosition } from '../position.ts';
export type { AppendFault, AppendFaults } from './append-faults.ts';
export { createMemoryInbox, type MemoryInbox } from './memory-inbox.ts';
export { createMemoryLog, type MemoryLog, type MemoryLogOptions } from './memory-log.ts';
export { createMemoryStore, type MemoryStore, type StoreFaults } from './memory-store.ts';
