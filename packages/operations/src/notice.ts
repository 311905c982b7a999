import { z } from 'zod';

/** What a service tells the process that started it, besides its log. */
export type Notice =
  /** It cannot do its work until something around it changes. */
  | { readonly type: 'waiting'; readonly reason: string }
  /** Another process is to be started in its place, which begins anew; then it is to be stopped. */
  | { readonly type: 'replace' }
  /** It ends for this reason. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), reason: z.string() }),
  z.object({ type: z.literal('replace') }),
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string() }),
]);

/** Tells the process that started this one, if that listens; it may be gone. False when nobody listens. */
export function giveNotice(notice: Notice): boolean {
  // A process that was started without a channel has no `connected` at all.
  if (process.send === undefined || !process.connected) {
    return false;
  }
  process.send(notice, undefined, undefined, () => undefined);
  return true;
}

/** Undefined for a message of another kind. */
export function readNotice(message: unknown): Notice | undefined {
  const parsed = noticeSchema.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}
