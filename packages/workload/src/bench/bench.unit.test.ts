import { parseBatch, parseCommand, parseCommandSubject } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import type { TraceMachine } from '../openb/read-trace.ts';
import { createClaimSource } from './claim-source.ts';
import { runClosedLoop } from './closed-loop.ts';
import { halfFill } from './half-fill.ts';
import type { Message } from './message.ts';
import { createMoveSource } from './move-source.ts';
import { runOpenLoop } from './open-loop.ts';
import { replicateMachines } from './replicate-machines.ts';

const machines: readonly TraceMachine[] = [
  { id: 'plain', cpuMilli: 8_000, memoryMb: 16_000, gpuCount: 0, gpuModel: '' },
  { id: 'gpus', cpuMilli: 8_000, memoryMb: 16_000, gpuCount: 8, gpuModel: 'T4' },
];

describe('a fleet for the benchmark', () => {
  it('has distinct machines in the shape of the trace, however many', () => {
    const fleet = replicateMachines(machines, 5);
    expect(fleet.map(({ id }) => id)).toEqual(['plain', 'gpus', 'plain-1', 'gpus-1', 'plain-2']);
    expect(fleet[3]).toEqual({ ...machines[1], id: 'gpus-1' });
  });

  it('is half full on average, and never quite full', () => {
    const fleet = replicateMachines(machines, 2_000);
    const claims = halfFill(fleet, 1);
    expect(claims.length / fleet.length).toBeCloseTo(4, 0);
    expect(halfFill(fleet, 1)).toEqual(claims);
    const byNode = Map.groupBy(claims, ({ node }) => node);
    expect(byNode.size).toBe(fleet.length);
    expect(Math.max(...[...byNode.values()].map((list) => list.length))).toBe(7);
  });
});

describe('claims made ahead', () => {
  const source = createClaimSource({
    ...{ cell: 'main', machines, prefix: 'run-', seed: 1, agent: 'agent-1' },
    now: () => 42,
  });
  const read = ({ subject, body }: { readonly subject: string; readonly body: string }) => {
    const address = parseCommandSubject(subject);
    if (!address.ok) throw new Error(address.error.message);
    const { role, actor, command } = address.value;
    const payload = Buffer.from(body);
    return command === 'Batch' ? parseBatch({ role, actor }, payload) : parseCommand({ role, actor, command }, payload);
  };

  it('are valid commands with ids of their own, alone and in batches', () => {
    const alone = [read(source.single()), read(source.single())].map((reading) => (reading.ok ? reading.value : []));
    const batch = read(source.batch(3));
    const all = [...alone, ...(batch.ok && Array.isArray(batch.value) ? batch.value : [])];
    expect(all).toHaveLength(5);
    expect(new Set(all.map((reading) => JSON.stringify(reading))).size).toBe(5);
    expect(all.slice(2)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ ok: true })));
  });
});

describe('claims and drops in turn', () => {
  it('drop each instance once so many others were claimed after it, so that as many stay', () => {
    const facts = { cell: 'main', machines, prefix: 'run-', seed: 1, agent: 'agent-1', now: () => 42 };
    const source = createClaimSource(facts);
    const commands = Array.from({ length: 8 }, () => {
      const { message, onAccepted } = source.churn(2);
      const { subject, body } = message;
      onAccepted();
      const address = parseCommandSubject(subject);
      if (!address.ok || address.value.command === 'Batch') throw new Error(subject);
      const reading = parseCommand({ ...address.value, command: address.value.command }, Buffer.from(body));
      if (!reading.ok) throw new Error(JSON.stringify(reading));
      return reading.value;
    });
    const told = commands.map(({ command }) => `${command.type} ${Reflect.get(command, 'instance')}`);
    const id = (number: number): string => `i-run-${String(number).padStart(10, '0')}`;
    expect(told).toEqual([
      ...[0, 1, 2].map((number) => `ClaimInstance ${id(number)}`),
      ...[`DropInstance ${id(0)}`, `ClaimInstance ${id(3)}`, `DropInstance ${id(1)}`],
      ...[`ClaimInstance ${id(4)}`, `DropInstance ${id(2)}`],
    ]);
    expect(commands[3]?.command).toMatchObject({ claimId: commands[0]?.commandId, node: expect.any(String) });
  });
});

describe('claims that are not accepted', () => {
  it('are not dropped', () => {
    const facts = { cell: 'main', machines, prefix: 'run-', seed: 1, agent: 'agent-1', now: () => 42 };
    const source = createClaimSource(facts);
    const subjects = Array.from({ length: 8 }, () => source.churn(2).message.subject);
    expect(subjects.filter((subject) => subject.includes('DropInstance'))).toEqual([]);
  });
});

describe('claims to be dropped in the end', () => {
  it('are those given since they were asked for last', () => {
    const facts = { cell: 'main', machines, prefix: 'run-', seed: 1, agent: 'agent-1', now: () => 42 };
    const source = createClaimSource(facts);
    const { commandId, fields } = source.plain();
    expect(source.undroppedCount).toBe(1);
    expect(source.undropped()).toEqual([{ node: fields.node, instance: fields.instance, claimId: commandId }]);
    source.batch(3);
    expect(source.undropped()).toHaveLength(3);
    expect(source.undropped()).toEqual([]);
  });
});

describe('moves made ahead', () => {
  const options = { cell: 'main', machines, agent: 'agent-1', instances: 2, prefix: 'run-', now: () => 42 };
  const read = ({ subject, body }: Message) => {
    const address = parseCommandSubject(subject);
    if (!address.ok || address.value.command === 'Batch') throw new Error(subject);
    const reading = parseCommand({ ...address.value, command: address.value.command }, Buffer.from(body));
    if (!reading.ok) throw new Error(JSON.stringify(reading));
    return reading.value;
  };

  it('claim and confirm their instances first, each on a machine whose kind it can move to', () => {
    const [claims = [], confirmations = []] = createMoveSource(options).preparation;
    expect(claims.map((message) => read(message).command)).toMatchObject([{ node: 'gpus' }, { node: 'plain' }]);
    expect(confirmations.map((message) => read(message).command)).toEqual(
      claims.map((message) => {
        const { command, commandId: claimId } = read(message);
        return expect.objectContaining({ type: 'ConfirmClaim', instance: Reflect.get(command, 'instance'), claimId });
      }),
    );
  });

  it('take one instance there and back, a step after the other, each with an id of its own', () => {
    const fleet = replicateMachines(machines, 4);
    const source = createMoveSource({ ...options, machines: fleet, instances: 1 });
    const commands = Array.from({ length: 12 }, () => {
      const { message, onAccepted } = source.step();
      onAccepted();
      return read(message);
    });
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(12);
    const [first, back] = [commands[0], commands[6]];
    expect(first?.command).toMatchObject({ type: 'ClaimMove', source: 'gpus', destination: 'gpus-1' });
    expect(back?.command).toMatchObject({ source: 'gpus-1', destination: 'gpus', claimId: first?.commandId });
    expect(commands.slice(1, 6).map(({ command }) => command)).toEqual([
      ...['prepared', 'running', 'switched', 'finished'].map((to) =>
        expect.objectContaining({ type: 'AdvanceMove', moveId: first?.commandId, to }),
      ),
      expect.objectContaining({ type: 'ConfirmMove', moveId: first?.commandId }),
    ]);
  });

  it('send no step of an instance before its last one is answered', () => {
    const source = createMoveSource(options);
    source.step();
    source.step();
    expect(() => source.step()).toThrow('every instance waits');
  });
});

describe('the load drivers', () => {
  it('keep as many requests under way as asked for in a closed loop', async () => {
    let underWay = 0;
    let most = 0;
    const run = await runClosedLoop(
      (onDone) => {
        underWay += 1;
        most = Math.max(most, underWay);
        setImmediate(() => {
          underWay -= 1;
          onDone();
        });
      },
      { inFlight: 7, durationMs: 50 },
    );
    expect(most).toBe(7);
    expect(underWay).toBe(0);
    expect(run.latencies.count).toBe(run.requests);
  });

  it('send every request of an open loop, and count a stall for each request it delayed', async () => {
    let sent = 0;
    const run = await runOpenLoop(
      (onDone) => {
        sent += 1;
        if (sent === 10) {
          const endMs = performance.now() + 40;
          while (performance.now() < endMs);
        }
        onDone();
      },
      { perSecond: 1_000, durationMs: 100 },
    );
    expect(run.requests).toBe(100);
    expect(run.latencies.percentile(0.8)).toBeGreaterThan(5);
  });

  it('send one request of an open loop that is too short for any', async () => {
    expect(await runOpenLoop((onDone) => onDone(), { perSecond: 20, durationMs: 20 })).toMatchObject({ requests: 1 });
  });

  it('reject at the first failure instead of giving a figure', async () => {
    const failing = (onDone: (failure?: string) => void): void => void setImmediate(() => onDone('refused'));
    await expect(runClosedLoop(failing, { inFlight: 3, durationMs: 1_000 })).rejects.toThrow('refused');
    await expect(runOpenLoop(failing, { perSecond: 100, durationMs: 1_000 })).rejects.toThrow('refused');
  });

  it('break off an open loop under overload, and say so', async () => {
    const answers: (() => void)[] = [];
    const run = runOpenLoop(
      (onDone) => {
        answers.push(onDone);
        if (answers.length > 10) {
          setImmediate(() => answers.forEach((answer) => void answer()));
        }
      },
      { perSecond: 100_000, durationMs: 1_000, maximumUnderWay: 10 },
    );
    expect(await run).toMatchObject({ isOverloaded: true, requests: 11 });
  });

  it('break off an open loop whose requests are refused because there are too many', async () => {
    let sent = 0;
    const send = (onDone: (failure?: string) => void): void => {
      sent += 1;
      onDone(sent === 5 ? 'OVERLOADED' : undefined);
    };
    const isOverload = (failure: string): boolean => failure === 'OVERLOADED';
    const run = await runOpenLoop(send, { perSecond: 10_000, durationMs: 1_000, isOverload });
    expect(run).toMatchObject({ isOverloaded: true, requests: 5 });
  });
});
