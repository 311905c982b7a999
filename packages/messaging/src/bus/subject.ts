/** A subject the client library would let through and the server would misread. Thrown: subjects are built by code. */
export class InvalidSubjectError extends Error {
  readonly code = 'INVALID_SUBJECT';

  constructor(subject: string, use: 'publish' | 'subscribe') {
    super(`not a subject to ${use}: ${JSON.stringify(subject.slice(0, 200))}`);
    this.name = 'InvalidSubjectError';
  }
}

/** The server reads a protocol line of at most 4,096 bytes; two subjects of this length fit. */
const LONGEST = 1_024;

// Printable ASCII in tokens between dots; `*` and `>` only where a whole token of a subscription is meant.
const PUBLISHED = /^[!-)+\-/-=?-~]+(?:\.[!-)+\-/-=?-~]+)*$/;
const SUBSCRIBED = /^(?:[!-)+\-/-=?-~]+|\*)(?:\.(?:[!-)+\-/-=?-~]+|\*))*(?:\.>)?$/;

export function requirePublishable(subject: string): void {
  if (subject.length > LONGEST || !PUBLISHED.test(subject)) {
    throw new InvalidSubjectError(subject, 'publish');
  }
}

export function requireSubscribable(subject: string): void {
  if (subject.length > LONGEST || !SUBSCRIBED.test(subject)) {
    throw new InvalidSubjectError(subject, 'subscribe');
  }
}

/**
 * Whether a reply may go there. The sender of a request names that subject, and we publish with our permissions: an
 * answer sent to the log's subject, a command or the server's own API would be an attack. Inboxes begin with `_`.
 */
export function isInbox(subject: string): boolean {
  return subject.startsWith('_') && subject.length <= LONGEST && PUBLISHED.test(subject);
}
