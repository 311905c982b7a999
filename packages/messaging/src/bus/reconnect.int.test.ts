import { expect, it } from 'vitest';
import { freePort } from '../nats-server/free-port.ts';
import { withNatsServer } from '../testing/index.ts';
import type { BusStatus } from './bus.ts';
import { connectBus } from './connect.ts';

it('survives a server that is killed and started again', async () => {
  await withNatsServer(async (server) => {
    const statuses: string[] = [];
    const onStatus = (status: BusStatus): void => void statuses.push(status.type);
    const answerer = await server.connect();
    const asker = await server.connect({ onStatus });
    answerer.subscribe('echo', (_subject, payload, respond) => respond(payload));
    answerer.subscribe('silence', () => undefined);
    await answerer.flush();

    const caught = asker.request('silence', 'x', 60_000);
    await asker.flush();
    await server.kill();
    expect(await caught).toEqual({ status: 'connection-lost' });
    await expect.poll(() => asker.isConnected).toBe(false);
    expect(await asker.request('echo', 'x', 60_000)).toEqual({ status: 'not-sent', reason: 'disconnected' });
    expect(asker.publish('echo', 'x')).toBe(false);

    await server.restart();
    await expect.poll(() => asker.isConnected && answerer.isConnected).toBe(true);
    await answerer.flush();
    expect(await asker.request('echo', 'x', 5_000)).toMatchObject({ status: 'reply' });
    expect(statuses).toEqual(['disconnected', 'connected']);
  });
});

it('closes also while there is no server', async () => {
  await withNatsServer(async (server) => {
    const bus = await server.connect();
    await server.kill();
    await expect.poll(() => bus.isConnected).toBe(false);
    expect(await bus.close()).toEqual({ unanswered: 0 });
    await bus.closed;
  });
});

it('says that no server answers', async () => {
  const server = `nats://secret:password@127.0.0.1:${await freePort()}`;
  const failure = await connectBus({ servers: [server], name: 'test' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'ConnectError', code: 'UNREACHABLE' });
  expect(String(failure)).not.toContain('password');
});

it('waits for the first server when told to', async () => {
  const port = await freePort();
  await withNatsServer(
    async (server) => {
      await server.kill();
      const connecting = server.connect({ waitOnFirstConnect: true });
      await server.restart();
      expect((await connecting).isConnected).toBe(true);
    },
    { port },
  );
});

it('gives up waiting for the first server when told to', async () => {
  const giveUp = new AbortController();
  const servers = [`nats://127.0.0.1:${await freePort()}`];
  const connecting = connectBus({ servers, name: 'test', waitOnFirstConnect: true, signal: giveUp.signal });
  giveUp.abort();
  await expect(connecting).rejects.toMatchObject({ code: 'ABORTED' });
});
