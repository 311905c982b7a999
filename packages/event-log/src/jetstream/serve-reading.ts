import type { MessagePort } from 'node:worker_threads';
import type { NatsConnection } from 'nats';
import { type ChainedCommit, verifyChain } from '../chain.ts';
import type { Bookmark, Position } from '../port.ts';
import { messageOf } from './api.ts';
import type { FeedSettings } from './context.ts';
import { Session, type SessionEnd } from './session.ts';
import type { FromReadingThread, ToReadingThread, VerifiedBytes } from './thread-messages.ts';
import { watchReconnects } from './watch-reconnects.ts';

export interface ReadingOptions {
  /** The thread's own. */
  readonly connection: NatsConnection;
  /** To the thread that folds. */
  readonly port: MessagePort;
}

/** Commits on their way to the thread that folds, before the server is asked to pause. */
const FULL_AT_COMMITS = 64;

/** Receives commits of a cell's log, and verifies their bytes, for another thread, which says where to begin. */
export function serveReading({ connection, port }: ReadingOptions): void {
  const reconnectListeners = new Set<() => void>();
  watchReconnects(connection, reconnectListeners);
  let underWay = 0;
  let session: Session<ChainedCommit> | undefined;
  let waiting: VerifiedBytes[] = [];

  function say(message: FromReadingThread): void {
    const buffers = message.kind === 'commits' ? message.commits.map(({ stored }) => stored.buffer) : [];
    port.postMessage(
      message,
      buffers.filter((buffer) => buffer instanceof ArrayBuffer),
    );
  }

  function flush(): void {
    if (waiting.length > 0) {
      say({ kind: 'commits', commits: waiting });
      waiting = [];
    }
  }

  function put(chained: ChainedCommit, stored: Uint8Array): void {
    if (waiting.length === 0) {
      setImmediate(flush);
    }
    waiting.push({ stored: ownBuffer(stored), chained });
    underWay += 1;
  }

  function begin(settings: FeedSettings, after: Bookmark, last: Position): void {
    session = new Session({ ...settings, connection, reconnectListeners }, after, last, {
      verify: verifyChain,
      onCommit: put,
      onEnd: (end) => {
        flush();
        say(endMessage(end));
      },
      isFull: () => underWay >= FULL_AT_COMMITS,
    });
    session.start().catch((error: unknown) => say({ kind: 'broken', reason: messageOf(error) }));
  }

  port.on('message', (message: ToReadingThread) => {
    if (message.kind === 'read') {
      begin(message.settings, message.after, message.last);
    } else {
      underWay -= message.count;
      session?.resume();
    }
  });
  say({ kind: 'ready' });
}

/** What is handed over is lost here: it must not be part of a buffer that holds other messages. */
function ownBuffer(stored: Uint8Array): Uint8Array {
  return stored.byteLength === stored.buffer.byteLength ? stored : new Uint8Array(stored);
}

function endMessage(end: SessionEnd): FromReadingThread {
  switch (end.kind) {
    case 'broken':
      return end;
    case 'failed':
      return { kind: 'broken', reason: end.cause.message };
    case 'suspect': {
      const { kind, message, position, number } = end.cause;
      return { kind: 'suspect', damage: { kind, message, position, number, server: end.server } };
    }
  }
}
