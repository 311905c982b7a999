/** Histories written as a tracker would, for tests of whatever reads them. */
export {
  addNode,
  agentOf,
  claimOf,
  decideBatchThatExpires,
  dropOf,
  ONE_GPU,
  OPERATOR,
  ORIGIN_OF_TESTS,
  SCHEDULER,
} from './fleet.ts';
export { foundHistory, type HistoryWriter } from './history-writer.ts';
