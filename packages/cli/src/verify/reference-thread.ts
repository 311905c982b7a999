// Entry of a thread that folds a log naively beside the one that folds it as the product does.
import { parentPort } from 'node:worker_threads';
import { type Bookmark, ORIGIN, readChainedEvents } from '@fleetbook/event-log';
import { foldReference } from '@fleetbook/reference';
import { foundIn } from './reference-fold.ts';
import type { FromReference, ToReference } from './reference-messages.ts';

/** Told at once: a message costs both threads a wake-up. */
const TOLD_AT_ONCE = 16;

const port = parentPort;
if (port === null) {
  throw new Error('this module is the entry of a thread');
}
const say = (message: FromReference): void => port.postMessage(message);
const state = foldReference([]);
let after: Bookmark = ORIGIN;
let untold = 0;

port.on('message', (message: ToReference) => {
  if (message.kind === 'found') {
    say({ kind: 'found', found: foundIn(state) });
    return;
  }
  const { stored, bookmark, to } = message;
  const events = readChainedEvents(stored, after, bookmark, (number) => number <= to);
  after = bookmark;
  foldReference(events, state);
  untold += 1;
  if (untold === TOLD_AT_ONCE) {
    say({ kind: 'folded', commits: untold });
    untold = 0;
  }
});
