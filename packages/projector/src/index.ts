export type { AskPeer, PeerDigest } from './fold/agreement.ts';
export type { ProjectorPeers } from './fold/serving.ts';
export type { FaultKind, FoldFault, FoldPhase, FoldStatus } from './fold/status.ts';
export {
  createProjector,
  type Projector,
  type ProjectorOptions,
  type StaleAnswers,
} from './projector.ts';
export { type ProjectorQuery, SHARED_QUERIES } from './queries/answer.ts';
export type { AnswerPast, HandleQuery } from './queries/query-handler.ts';
