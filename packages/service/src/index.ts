export { openLog } from './open-log.ts';
export { type OwnState, openOwnState } from './own-state.ts';
export type { Program } from './program.ts';
export { runProgram } from './run-program.ts';
export { serveHttp } from './serve-http.ts';
export { startReadingThread } from './start-reading-thread.ts';
export { type LogAccess, withLog } from './with-log.ts';
