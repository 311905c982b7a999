import type { Command, CommandMessage } from '../command.ts';

const carries = <Body extends Command>(message: CommandMessage, command: Body): message is CommandMessage<Body> =>
  message.command === command;

/** The message itself, known by its type to carry its command: a copy at each step costs more than most steps. */
export const carrying = <Body extends Command>(message: CommandMessage, command: Body): CommandMessage<Body> => {
  if (!carries(message, command)) throw new Error(`the message carries another ${message.command.type}`);
  return message;
};
