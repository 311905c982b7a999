export { type OwnState, openOwnState } from './own-state.ts';
export type { Program } from './program.ts';
export { runProgram } from './run-program.ts';
export { serveHttp } from './serve-http.ts';
export { startReadingThread } from './start-reading-thread.ts';
export { withLog } from './with-log.ts';
