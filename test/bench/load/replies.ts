import type { Bus, Payload } from '@fleetbook/messaging';
import type { Message } from '@fleetbook/workload/bench';

const REQUEST_TIMEOUT_MS = 10_000;
const SHOWN_CHARACTERS = 300;

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
      onDone(`${subject}: ${fromFirstOther(reply.payload.toString('utf8')).slice(0, SHOWN_CHARACTERS)}`);
    }
  });
}

/** Of what `onDone` hears: the services say that they have too much to do. */
export function isOverload(failure: string): boolean {
  return failure.includes('"OVERLOADED"');
}

/** A reply from its first outcome on that is not "accepted": in a batch that one alone matters. */
function fromFirstOther(text: string): string {
  return text.slice(Math.max(0, text.search(/"outcome":"(?!accepted)/)));
}

/** Sends all of them at once. Rejects when one is not accepted. */
export async function sendEach(bus: Bus, messages: readonly Message[]): Promise<void> {
  await Promise.all(
    messages.map(
      ({ subject, body }) =>
        new Promise<void>((resolve, reject) => {
          sendTo(bus, subject, body, isAccepted, (failure) =>
            failure === undefined ? resolve() : reject(new Error(failure)),
          );
        }),
    ),
  );
}

export function isAccepted(payload: Buffer): boolean {
  return acceptedIn(payload) === 1;
}

/** How many commands of a reply were accepted, without parsing it. */
export function acceptedIn(payload: Buffer): number {
  return answeredIn(payload, 'accepted');
}

export function answeredIn(payload: Buffer, outcome: 'accepted' | 'unchanged'): number {
  const text = `"outcome":"${outcome}"`;
  let count = 0;
  for (let at = payload.indexOf(text); at >= 0; at = payload.indexOf(text, at + text.length)) {
    count += 1;
  }
  return count;
}
