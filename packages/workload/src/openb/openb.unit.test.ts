import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMachines, readTasks } from './read-trace.ts';
import { providersOf, requestOf } from './to-ledger.ts';

const trace = fileURLToPath(new URL('../../../../test/data/openb', import.meta.url));

describe('the openb trace', () => {
  it('has the machines and GPUs its publishers state', async () => {
    const machines = await readMachines(trace);
    expect(machines).toHaveLength(1_523);
    expect(machines.filter((machine) => machine.gpuCount > 0)).toHaveLength(1_213);
    expect(machines.reduce((sum, machine) => sum + machine.gpuCount, 0)).toBe(6_212);
    expect(machines.flatMap(providersOf)).toHaveLength(1_523 + 6_212);
  });

  it('plays its tasks by creation time', async () => {
    const tasks = await readTasks(trace);
    expect(tasks).toHaveLength(8_152);
    const times = tasks.map((task) => task.createdAtSeconds);
    expect(times).toEqual([...times].sort((left, right) => left - right));
  });

  it('leaves a zero amount out of the request', async () => {
    const task = (await readTasks(trace)).find(({ id }) => id === 'openb-pod-1523');
    expect(task).toBeDefined();
    if (task !== undefined) expect(requestOf(task).resources).not.toHaveProperty('MEMORY_MB');
  });

  it('asks for several GPUs as that many distinct providers', async () => {
    const eight = (await readTasks(trace)).filter((task) => task.gpuCount === 8);
    expect(eight).toHaveLength(44);
    for (const task of eight) {
      expect(requestOf(task).groups).toEqual([{ name: 'gpu', resources: { CUSTOM_GPU_MILLI: 1000 }, count: 8 }]);
    }
  });
});
