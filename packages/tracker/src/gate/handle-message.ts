import {
  type CommandName,
  encodeCommandReply,
  errorReply,
  fleetbookError,
  type OutgoingReply,
} from '@fleetbook/contracts';
import { type CommandMessage, fail } from '@fleetbook/domain';
import type { Clock, Logger } from '@fleetbook/operations';
import type { Meters } from '../office/meters.ts';
import type { Respond, TrackerBus } from '../ports.ts';
import type { Reply } from './command-gate.ts';
import type { InboxItem } from './inbox.ts';
import { readCommands } from './read-commands.ts';
import { createRefusals } from './refusals.ts';

const LOGGED_SUBJECT_CHARACTERS = 256;

export interface MessageHandling {
  readonly cell: string;
  readonly bus: Pick<TrackerBus, 'maximumPayloadBytes'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meters: Meters;
  /** Takes a command that could be read. */
  readonly submit: (message: CommandMessage, reply: Reply) => void;
}

/** Reads a message and hands on its commands; what cannot be read is answered here. */
export function createMessageHandler({ cell, bus, clock, logger, meters, submit }: MessageHandling) {
  const refusals = createRefusals({ logger, clock });

  /** The event log keeps what was refused; of what is not recorded this line is the only trace. */
  function noteError(subject: string, answer: OutgoingReply): void {
    if (answer.outcome === 'error') {
      refusals.note(subject, answer);
    }
  }

  function measured(name: CommandName, subject: string, arrivedMs: number, reply: Reply): Reply {
    return (answer) => {
      reply(answer);
      meters.answered(name, answer, clock.monotonicMs() - arrivedMs);
      noteError(subject, answer);
    };
  }

  /** A throw on the way to a command has changed nothing: it costs that message, not the office. */
  function read(subject: string, payload: Uint8Array, respond: Respond): ReturnType<typeof readCommands> {
    try {
      return readCommands(cell, subject, payload, respond, bus.maximumPayloadBytes);
    } catch (cause) {
      const facts = { subject: subject.slice(0, LOGGED_SUBJECT_CHARACTERS), errCode: 'INTERNAL_ERROR', err: cause };
      logger.error('message could not be read', facts);
      return fail(errorReply(fleetbookError('INTERNAL_ERROR')));
    }
  }

  return ({ subject, payload, respond, arrivedMs }: InboxItem): void => {
    const commands = read(subject, payload, respond);
    if (!commands.ok) {
      respond(encodeCommandReply(commands.error));
      noteError(subject, commands.error);
      return;
    }
    for (const { name, reading, reply } of commands.value) {
      const answer = measured(name, subject, arrivedMs, reply);
      if (reading.ok) {
        submit(reading.value, answer);
      } else {
        answer(errorReply(reading.error, { commandId: reading.error.commandId }));
      }
    }
  };
}
