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

/** A projector waits for no question longer. */
const LONGEST_DEADLINE_MS = 10_000;

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
      attemptTimeoutMs: options.attemptTimeoutMs ?? settings.attemptTimeoutMs,
    };
    const halfMs = Math.floor(Math.min(timeoutMs, attemptTimeoutMs) / 2);
    const deadlineMs = Math.min(LONGEST_DEADLINE_MS, Math.max(1, halfMs));
    const sent = await sendUntilKnown(transport, surroundings, {
      subject: querySubject(settings.cell, name),
      payload: encodeQuery(name, { ...body, ...(atLeast === undefined ? {} : { atLeast }), deadlineMs }),
      judge: judgeQuery(name, seen),
      timeoutMs,
      attemptTimeoutMs,
      changesNothing: true,
      ...(options.vacantTimeoutMs === undefined ? {} : { vacantTimeoutMs: options.vacantTimeoutMs }),
      ...(options.onAgain === undefined ? {} : { onAgain: options.onAgain }),
    });
    return sent.ok ? sent.value : queryErrorReply(sent.error);
  };
