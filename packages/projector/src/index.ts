export type { FaultKind, FoldFault, FoldPhase, FoldStatus } from './fold/status.ts';
export { createProjector, type Projector, type ProjectorOptions } from './projector.ts';
export { PROJECTOR_QUERIES, type ProjectorQuery } from './queries/answer.ts';
export type { AnswerPast, HandleQuery } from './queries/query-handler.ts';
