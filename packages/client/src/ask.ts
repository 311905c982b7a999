import {
  encodeQuery,
  type QueryAnswers,
  type QueryBodies,
  type QueryName,
  type QueryReply,
  queryErrorReply,
  querySubject,
  type SenderRole,
} from '@fleetbook/contracts';
import type { Origin } from '@fleetbook/domain';
import type { AskOptions, FleetbookClient } from './client.ts';
import { judgeQuery } from './judge.ts';
import type { SeenToken } from './seen-token.ts';
import { sendUntilKnown } from './send-until-known.ts';
import type { Surroundings, Transport } from './transport.ts';

/** Who the client is, and how long it tries. */
export interface ClientSettings {
  readonly cell: string;
  readonly role: SenderRole;
  readonly actor: string;
  readonly origin: Origin;
  /** Of a command or query in all, milliseconds. */
  readonly timeoutMs: number;
  /** Of one attempt, milliseconds. */
  readonly attemptTimeoutMs: number;
}

/** Asks for at least what the client was told of, and again while the projection is behind. */
export const createAsk =
  (
    settings: ClientSettings,
    transport: Transport,
    surroundings: Surroundings,
    seen: SeenToken,
  ): FleetbookClient['ask'] =>
  async <Name extends QueryName>(
    name: Name,
    body: QueryBodies[Name],
    options: AskOptions = {},
  ): Promise<QueryReply<QueryAnswers[Name]>> => {
    // The past does not depend on what is newer.
    const mayBeOlder = options.mayBeOlder === true || ('asOf' in body && body.asOf !== undefined);
    const atLeast = body.atLeast ?? (mayBeOlder ? undefined : seen.current());
    const { timeoutMs, attemptTimeoutMs } = {
      timeoutMs: options.timeoutMs ?? settings.timeoutMs,
      attemptTimeoutMs: settings.attemptTimeoutMs,
    };
    const deadlineMs = Math.max(1, Math.floor(Math.min(timeoutMs, attemptTimeoutMs) / 2));
    const sent = await sendUntilKnown(transport, surroundings, {
      subject: querySubject(settings.cell, name),
      payload: encodeQuery(name, { ...body, ...(atLeast === undefined ? {} : { atLeast }), deadlineMs }),
      judge: judgeQuery(name, seen),
      timeoutMs,
      attemptTimeoutMs,
    });
    return sent.ok ? sent.value : queryErrorReply(sent.error);
  };
