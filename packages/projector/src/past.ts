/** For who answers questions about the past: the view to fold again, and the questions as they are asked of it. */
export { createNodeTable, type NodeTable } from './candidates/node-table.ts';
export { createReasonMemo } from './candidates/reason-memo.ts';
export { type AnswerSources, type ReadQuestion, readQuestion } from './queries/answer.ts';
export { batchOfPart, decisionsOfCommand } from './queries/decisions-of-command.ts';
export type { EventReader } from './queries/event-reader.ts';
export { answerHolders } from './queries/holders-query.ts';
export type { Positions } from './queries/positions.ts';
export { type AttentionIndex, createAttentionIndex } from './view/attention-index.ts';
export type { KnownNumbers } from './view/entity-history.ts';
export { toSafe } from './view/exact-sum.ts';
export { FoldError } from './view/fold-error.ts';
export { createMoveIndex, type MoveIndex } from './view/move-index.ts';
export type { QuestionView } from './view/question-view.ts';
export { RowIndex } from './view/row-index.ts';
export { createRunningCounters, type RunningCounters } from './view/running-counters.ts';
export { createSideTenants, type SideTenantRow, type SideTenants } from './view/side-tenants.ts';
export { nameChange, nameSubjects, type Subjects } from './view/subjects.ts';
export { createTenantUsage, type TenantUsage } from './view/tenant-usage.ts';
