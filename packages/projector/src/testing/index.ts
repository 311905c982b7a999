/** Histories written as a tracker would, for tests of whatever reads them. */
export { addNode, claimOf, dropOf, ONE_GPU, SCHEDULER } from './fleet.ts';
export { foundHistory, type HistoryWriter } from './history-writer.ts';
