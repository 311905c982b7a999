import { withNatsServer } from '@fleetbook/messaging/testing';
import { expect, it } from 'vitest';
import { trackerBus } from './tracker-bus.ts';

const description = {
  name: 'tracker',
  version: '0.1.0',
  description: 'Decides',
  metadata: { contractVersion: '1.0.0' },
  data: () => ({}),
};

it('hears how long a sender waits for its answer', async () => {
  await withNatsServer(async (server) => {
    const bus = await server.connect();
    const service = bus.addService({ ...description, id: 'tracker-1' });
    const waits: (number | undefined)[] = [];
    const listener = trackerBus(bus, service, new AbortController().signal);
    await listener.subscribe('commands.*', (_subject, _payload, respond, deadlineMs) => {
      waits.push(deadlineMs);
      respond(Buffer.from('{}'));
    });
    const sender = await server.connect();
    for (const options of [{ tellsDeadline: true }, {}]) {
      await new Promise((resolve) => sender.send('commands.a', '{}', 7_499.5, resolve, options));
    }
    expect(waits).toEqual([7_500, undefined]);
  });
});

it('hears every command, whoever else listens: one that stands still takes nothing away from another', async () => {
  await withNatsServer(async (server) => {
    const heard: string[] = [];
    for (const id of ['tracker-1', 'tracker-2']) {
      const bus = await server.connect();
      const service = bus.addService({ ...description, id });
      const listener = trackerBus(bus, service, new AbortController().signal);
      await listener.subscribe('commands.*', (subject) => void heard.push(`${id} ${subject}`));
    }
    const sender = await server.connect();
    const subjects = ['commands.a', 'commands.b', 'commands.c'];
    for (const subject of subjects) {
      sender.publish(subject, '{}');
    }
    await expect.poll(() => heard.length).toBe(2 * subjects.length);
    expect(new Set(heard)).toEqual(new Set(subjects.flatMap((each) => [`tracker-1 ${each}`, `tracker-2 ${each}`])));
  });
});
