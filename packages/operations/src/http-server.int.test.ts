import { afterEach, expect, it } from 'vitest';
import { type HttpServer, type HttpServerOptions, startHttpServer } from './http-server.ts';

const servers: HttpServer[] = [];

async function start(options: Partial<HttpServerOptions> = {}): Promise<string> {
  const started = await startHttpServer({
    port: 0,
    readiness: () => ({ isReady: true }),
    metrics: () => 'metric 1\n',
    ...options,
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  servers.push(started.value);
  return `http://127.0.0.1:${started.value.port}`;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

it('is alive and ready and shows its metrics', async () => {
  const url = await start({ readiness: async () => ({ isReady: true, facts: { number: 7 } }) });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { isReady: true, number: 7 }]);
  const metrics = await fetch(`${url}/metrics`);
  expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await metrics.text()).toBe('metric 1\n');
});

it('says 503 with the facts while it is not ready', async () => {
  const url = await start({ readiness: () => ({ isReady: false, facts: { reason: 'PROJECTION_BEHIND' } }) });
  const answer = await fetch(`${url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([503, { isReady: false, reason: 'PROJECTION_BEHIND' }]);
});

it('says 500 when readiness throws, and goes on', async () => {
  const url = await start({
    readiness: () => {
      throw new Error('broken');
    },
  });
  expect((await fetch(`${url}/readyz`)).status).toBe(500);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

it('refuses other paths and methods, and answers HEAD without a body', async () => {
  const url = await start();
  expect((await fetch(`${url}/secrets`)).status).toBe(404);
  expect((await fetch(`${url}/livez`, { method: 'POST', body: 'x' })).status).toBe(405);
  const head = await fetch(`${url}/livez?x=1`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

it('says PORT_IN_USE when another has the port', async () => {
  const port = Number(new URL(await start()).port);
  const second = await startHttpServer({ port, readiness: () => ({ isReady: true }), metrics: () => '' });
  expect(second).toMatchObject({ ok: false, error: { code: 'PORT_IN_USE', details: { port } } });
});

it('frees its port when it is closed', async () => {
  const port = Number(new URL(await start()).port);
  await servers.pop()?.close();
  expect(await start({ port })).toBe(`http://127.0.0.1:${port}`);
});
