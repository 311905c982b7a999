import type { Actor, Command, CommandMessage, DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeCommit, encodeEvent, hashCommand } from '../encode.ts';
import { type EncodedCommit, GENESIS_HASH } from '../port.ts';

/** The history of which `golden/history-1.json` holds the stored text: one event of every kind of field. */
export function goldenHistory(): EncodedCommit[] {
  const commits: EncodedCommit[] = [];
  let number = 0;
  let previousHash = GENESIS_HASH;
  for (const [ordinal, { epoch, decisions }] of script().entries()) {
    const commitId = `0194f0e0-0000-7000-8000-${ordinal.toString().padStart(12, '0')}`;
    const events: LedgerEvent[] = [];
    for (const { message, events: decided } of decisions) {
      const envelope = message === undefined ? systemEnvelope(commitId) : commandEnvelope(message);
      for (const [index, event] of decided.entries()) {
        const place = { number: number + events.length + 1, at: 1_763_700_000_000 + number + events.length };
        const first = index === 0 ? firstFields(message) : {};
        events.push({ ...event, ...place, ...envelope, index, count: decided.length, ...first });
      }
    }
    const texts = events.map((event) => encodeEvent(event));
    const commit = encodeCommit({ commitId, epoch, firstNumber: number + 1, previousHash }, texts);
    commits.push(commit);
    number += events.length;
    previousHash = commit.hash;
  }
  return commits;
}

interface ScriptedDecision {
  readonly message?: CommandMessage;
  readonly events: readonly DecidedEvent[];
}

interface ScriptedCommit {
  readonly epoch: number;
  readonly decisions: readonly ScriptedDecision[];
}

const agent: Actor = { role: 'agent', id: 'compute-07.rack-3:nova' };
const scheduler: Actor = { role: 'scheduler', id: 'sched-1' };
const origin = { client: 'fleetbook-agent', version: '1.0.0', host: 'büro-7' };

function script(): ScriptedCommit[] {
  const policies = { outcomeRetentionMs: 600_000, clockSkewMs: 5_000, fitWorkLimit: 100_000 };
  const created = { cell: 'main', historyId: '0194f0e0-1111-7000-8000-000000000000', formatVersion: 1 };
  return [
    {
      epoch: 0,
      decisions: [
        {
          events: [
            { type: 'LedgerCreated', schemaVersion: 1, data: created },
            { type: 'CellConfigured', schemaVersion: 1, data: { policies } },
          ],
        },
      ],
    },
    {
      epoch: 1,
      decisions: [
        { events: [{ type: 'WriterElected', schemaVersion: 1, data: { epoch: 1, writer: 'tracker-a' } }] },
        { message: register(), events: [{ type: 'NodeRegistered', schemaVersion: 1, data: { incarnation: 1 } }] },
      ],
    },
    { epoch: 1, decisions: [{ message: claim('vm-1'), events: [claimed()] }, refusal()] },
  ];
}

function register(): CommandMessage {
  const command: Command = { type: 'RegisterNode', origin, node: 'compute-07', bootId: 'boot-1' };
  return { commandId: 'register-1', issuedAt: 1_763_700_000_000, actor: agent, command };
}

function claim(instance: string): CommandMessage {
  const command: Command = {
    ...{ type: 'ClaimInstance', origin, node: 'compute-07', instance, tenant: 'tenant-1' },
    ...{ labels: { purpose: 'Prüfstand "A" \\ 🚀 \u2028' }, request: { resources: { VCPU: 4, MEMORY_MB: 8192 } } },
  };
  const ids = { commandId: `claim-${instance}`, correlationId: 'order-9' };
  return { ...ids, issuedAt: 1_763_700_000_100, actor: scheduler, command };
}

function claimed(): DecidedEvent {
  const charge = [
    { provider: 'compute-07', class: 'VCPU', amount: 4, units: ['0', '1', '2', '3'] },
    { provider: 'compute-07', class: 'MEMORY_MB', amount: 8192 },
  ];
  return { type: 'InstanceClaimed', schemaVersion: 1, data: { node: 'compute-07', charge } };
}

function refusal(): ScriptedDecision {
  const details = { judgedAt: 4, node: 'compute-07', rules: [{ class: 'VCPU', headroom: 0, largestFree: null }] };
  const event: DecidedEvent = { type: 'CommandRejected', schemaVersion: 1, data: { code: 'NO_CAPACITY', details } };
  return { message: claim('vm-2'), events: [event] };
}

function systemEnvelope(commitId: string): Pick<LedgerEvent, 'commandId' | 'actor'> {
  return { commandId: commitId, actor: { role: 'system', id: 'tracker-a' } };
}

function commandEnvelope(message: CommandMessage): Pick<LedgerEvent, 'commandId' | 'actor' | 'correlationId'> {
  const { commandId, actor, correlationId } = message;
  return correlationId === undefined ? { commandId, actor } : { commandId, actor, correlationId };
}

function firstFields(message: CommandMessage | undefined): Pick<LedgerEvent, 'command' | 'commandHash' | 'issuedAt'> {
  if (message === undefined) {
    return {};
  }
  const { command, issuedAt } = message;
  return { command, commandHash: hashCommand(message, JSON.stringify(command)), issuedAt };
}
