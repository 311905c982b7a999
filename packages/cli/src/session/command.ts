import { hostname } from 'node:os';
import type { FleetbookClient, SendOptions } from '@fleetbook/client';
import {
  type CommandReply,
  commandSubject,
  errorEntry,
  type FleetbookError,
  inboxSubject,
  parseCommand,
  type SenderRole,
} from '@fleetbook/contracts';
import { type Command, type CommandMessage, type CommandType, fail, type Result, succeed } from '@fleetbook/domain';
import { type Call, type Ending, type Failure, OK, usageFailure } from '../call.ts';
import { printReply, refusalLines } from '../output/reply.ts';
import { packageVersion } from '../version.ts';
import { actorOf, CLIENT_NAME, connectToCell, timeLeftMs } from './connection.ts';
import { forbiddenHint } from './forbidden-hint.ts';
import { recordedOutcome } from './recorded.ts';
import { findTarget, type Target } from './target.ts';

type Json = Readonly<Record<string, unknown>>;

/** A command as a verb builds it: its wire fields without the envelope, checked before anything is sent. */
export interface Writing {
  readonly type: CommandType;
  readonly role: SenderRole;
  readonly fields: Json;
}

const ENVELOPE = ['commandId', 'issuedAt', 'origin', 'correlationId', 'type'];

/** Checks a command here, then sends it and shows the reply, or with `--dry-run` shows what would be sent. */
export async function sendCommand(call: Call, writing: Writing): Promise<Ending> {
  const target = await findTarget(call);
  if (!target.ok) {
    return { failure: target.error };
  }
  const prepared = prepare(call, writing);
  if (!prepared.ok) {
    return { failure: prepared.error };
  }
  const { message, body } = prepared.value;
  if (call.args.isSet('dry-run')) {
    const subjectOf = call.args.isSet('enqueue') ? inboxSubject : commandSubject;
    const subject = subjectOf(target.value.cell, writing.role, message.actor.id, writing.type);
    call.terminal.print(JSON.stringify({ subject, body }, undefined, call.args.isSet('json') ? undefined : 2));
    return OK;
  }
  return sendMessage(call, target.value, writing.role, message);
}

function prepare(
  call: Call,
  { type, role, fields }: Writing,
): Result<{ message: CommandMessage; body: Json }, Failure> {
  const actor = actorOf(call);
  if (!actor.ok) {
    return actor;
  }
  const stray = ENVELOPE.find((name) => Object.hasOwn(fields, name));
  if (stray !== undefined) {
    const reason = `The field ${stray} is made here: leave it out of --file`;
    return fail(usageFailure(reason, stray === 'commandId' ? 'give it with --command-id' : undefined));
  }
  const body = bodyOf(call, fields);
  const read = parseCommand({ role, actor: actor.value, command: type }, Buffer.from(JSON.stringify(body)));
  return read.ok ? succeed({ message: read.value, body }) : fail(withoutCommandId(read.error));
}

/** The wire body of a command with these fields, issued now. */
export function bodyOf(call: Call, fields: Json): Json {
  return {
    commandId: call.args.text('command-id') ?? crypto.randomUUID(),
    issuedAt: Date.now(),
    origin: { client: CLIENT_NAME, version: packageVersion(), host: hostname() },
    ...fields,
  };
}

function withoutCommandId({ code, message, retry, details }: FleetbookError): FleetbookError {
  return { code, message, retry, details };
}

async function sendMessage(call: Call, target: Target, role: SenderRole, message: CommandMessage): Promise<Ending> {
  const fleetbook = await connectToCell(call, target);
  if (!fleetbook.ok) {
    return { failure: fleetbook.error };
  }
  try {
    const client = fleetbook.value.as(role, message.actor.id);
    const hint = forbiddenHint({ user: target.user, role, actor: message.actor.id });
    call.leaveWord([...wordOf(message.commandId), ...hint]);
    const { commandId } = message;
    if (call.args.isSet('enqueue')) {
      return await enqueue(call, client, message);
    }
    const reply = await send(client, message.command, { commandId, timeoutMs: timeLeftMs(call) });
    return show(call, await orRecorded(client, message, reply), commandId, hint);
  } finally {
    await fleetbook.value.close();
  }
}

async function enqueue(call: Call, client: FleetbookClient, { command, commandId }: CommandMessage): Promise<Ending> {
  const { type, origin: _, ...fields } = command;
  const put = await client.enqueue(type, fields, { commandId, timeoutMs: timeLeftMs(call) });
  if (put.outcome === 'error') {
    return { failure: { ...put.error, document: put, next: `Repeat it with --command-id ${commandId}.` } };
  }
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify(put));
  } else {
    call.terminal.print(`enqueued as message ${put.sequence}`);
    call.terminal.say(`fleetbook command show ${commandId} tells its outcome`);
  }
  return OK;
}

function wordOf(commandId: string): readonly string[] {
  return [
    `Command ${commandId} was sent; its outcome is not known here.`,
    `fleetbook command show ${commandId} tells it; the same line with --command-id ${commandId} is never done twice.`,
  ];
}

async function orRecorded(
  client: FleetbookClient,
  message: CommandMessage,
  reply: CommandReply,
): Promise<CommandReply> {
  const isReused = reply.outcome === 'error' && reply.error.code === 'COMMAND_ID_REUSED';
  return isReused ? ((await recordedOutcome(client, message)) ?? reply) : reply;
}

function send(client: FleetbookClient, command: Command, options: SendOptions): Promise<CommandReply> {
  const { type, origin: _, ...fields } = command;
  return client.send(type, fields, options);
}

function show(call: Call, reply: CommandReply, commandId: string, hint: readonly string[]): Ending {
  if (reply.outcome === 'accepted' || reply.outcome === 'unchanged') {
    if (call.args.isSet('json')) {
      call.terminal.print(JSON.stringify(reply));
    } else {
      printReply(call.terminal, reply);
    }
    return OK;
  }
  const lines = refusalLines(reply.error);
  const isOpen = errorEntry(reply.error.code).exitCode === 4;
  const again = isOpen ? [...hint, `Repeat it with --command-id ${commandId}: it is never done twice.`] : [];
  return {
    failure: {
      ...reply.error,
      document: reply,
      ...(lines.length + again.length === 0 ? {} : { next: [...lines, ...again] }),
    },
  };
}
