import { RequestStrategy, type ServiceClient } from 'nats';
import { expect, it } from 'vitest';
import { withNatsServer } from '../testing/index.ts';
import type { Bus } from './bus.ts';

const description = {
  name: 'tracker',
  id: 'tracker-1',
  version: '0.1.0',
  description: 'Decides',
  metadata: { contractVersion: '1.0.0', cell: 'main' },
};

async function listOf<Item>(items: Promise<AsyncIterable<Item>>): Promise<Item[]> {
  return Array.fromAsync(await items);
}

/** The client library's own view of services, as the tools of NATS have it. */
function toolOf(bus: Bus): ServiceClient {
  return bus.connection.services.client({ maxWait: 1_000, strategy: RequestStrategy.Count, maxMessages: 1 });
}

it('is found, described and counted by the tools of NATS, with commands in no queue group', async () => {
  await withNatsServer(async (server) => {
    const [bus, asker] = await Promise.all([server.connect(), server.connect()]);
    let epoch = 1;
    const service = bus.addService({ ...description, data: () => ({ epoch, contractVersion: '1.0.0' }) });
    service.addEndpoint({ name: 'commands', subject: 'commands.*' }, (_subject, payload, respond) => {
      if (payload.length === 0) {
        throw new Error('bug');
      }
      respond(payload);
    });
    const queries = { name: 'queries', subject: 'queries', queue: 'projector' };
    const endpoint = service.addEndpoint(queries, (_subject, _payload, respond) => respond('x'));
    await bus.flush();
    await asker.request('commands.a', 'x', 5_000);
    await asker.request('commands.a', '', 5_000);
    epoch = 2;

    const tool = toolOf(asker);
    const { description: text, ...identity } = description;
    expect(await listOf(tool.ping())).toEqual([{ type: 'io.nats.micro.v1.ping_response', ...identity }]);
    expect(await listOf(tool.info('tracker'))).toEqual([
      {
        type: 'io.nats.micro.v1.info_response',
        ...identity,
        description: text,
        endpoints: [
          { name: 'commands', subject: 'commands.*', queue_group: '' },
          { name: 'queries', subject: 'queries', queue_group: 'projector' },
        ],
      },
    ]);
    const [statistics] = await listOf(tool.stats('tracker', 'tracker-1'));
    expect(statistics?.endpoints?.[0]).toMatchObject({
      name: 'commands',
      num_requests: 2,
      num_errors: 1,
      last_error: 'bug',
      data: { epoch: 2, contractVersion: '1.0.0' },
    });

    await endpoint.stop();
    const [afterwards] = await listOf(tool.info('tracker'));
    expect(afterwards?.endpoints?.map(({ name }) => name)).toEqual(['commands']);
    await service.stop();
    expect(await asker.request('$SRV.PING', '', 5_000)).toEqual({ status: 'no-responders' });
    expect(await asker.request('commands.a', 'x', 5_000)).toEqual({ status: 'no-responders' });
  });
});
