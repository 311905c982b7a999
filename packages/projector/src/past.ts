/** For who answers questions about the past: the view to fold again, and the questions as they are asked of it. */
export { createReasonMemo } from './candidates/reason-memo.ts';
export { yieldToMessages } from './fold/yield-to-messages.ts';
export { type AnswerSources, type ReadQuestion, readQuestion } from './queries/answer.ts';
export type { EventReader } from './queries/event-reader.ts';
export { answerHolders } from './queries/holders-query.ts';
export type { Positions } from './queries/positions.ts';
export type { KnownNumbers } from './view/entity-history.ts';
export { createInventoryView, type InventoryView, type ViewStart } from './view/inventory-view.ts';
export { createSideTenants, type SideTenantRow, type SideTenants } from './view/side-tenants.ts';
export { nameChange, nameSubjects, type Subjects } from './view/subjects.ts';
