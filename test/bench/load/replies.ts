import type { Bus, Payload } from '@fleetbook/messaging';

const REQUEST_TIMEOUT_MS = 30_000;
const SHOWN_CHARACTERS = 300;
const ACCEPTED = '"outcome":"accepted"';

/** Sends without a promise; `onDone` hears nothing when the reply is right, else what came instead. */
export function sendTo(
  bus: Bus,
  subject: string,
  body: Payload,
  isRight: (payload: Buffer) => boolean,
  onDone: (failure?: string) => void,
): void {
  bus.send(subject, body, REQUEST_TIMEOUT_MS, (reply) => {
    if (reply.status !== 'reply') {
      onDone(`${subject}: ${reply.status}`);
    } else if (isRight(reply.payload)) {
      onDone();
    } else {
      onDone(`${subject}: ${reply.payload.toString('utf8').slice(0, SHOWN_CHARACTERS)}`);
    }
  });
}

/** How many commands of a reply were accepted, without parsing it. */
export function acceptedIn(payload: Buffer): number {
  let count = 0;
  for (let at = payload.indexOf(ACCEPTED); at >= 0; at = payload.indexOf(ACCEPTED, at + ACCEPTED.length)) {
    count += 1;
  }
  return count;
}
