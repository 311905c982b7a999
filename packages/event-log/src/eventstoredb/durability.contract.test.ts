import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { lookUpDurability } from './durability.ts';

const FILE_BACKED = { ClusterSize: '1', MemDb: 'False', UnsafeDisableFlushToDisk: 'False' };

const servers = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
  for (const server of servers) {
    server.close();
  }
  servers.clear();
});

describe('the durability of a server', () => {
  it('is verified when it alone keeps the log, in files that it flushes', async () => {
    const port = await serve(200, optionList(FILE_BACKED));
    expect(await lookUpDurability(`esdb://127.0.0.1:${port}?tls=false`)).toBe('verified');
    expect(await lookUpDurability(`esdb://admin:changeit@127.0.0.1:${port}/?tls=false`)).toBe('verified');
  });

  it.each([
    ['keeps the log in memory', { ...FILE_BACKED, MemDb: 'True' }],
    ['does not flush', { ...FILE_BACKED, UnsafeDisableFlushToDisk: 'True' }],
    ['is one of a cluster', { ...FILE_BACKED, ClusterSize: '3' }],
    ['does not say whether it flushes', { ClusterSize: '1', MemDb: 'False' }],
  ])('is unverified when it %s', async (_, options) => {
    const port = await serve(200, optionList(options));
    expect(await lookUpDurability(`esdb://127.0.0.1:${port}?tls=false`)).toBe('unverified');
  });

  it('is unverified when it denies the question, answers with something else or not at all', async () => {
    const denying = await serve(401, '');
    expect(await lookUpDurability(`esdb://127.0.0.1:${denying}?tls=false`)).toBe('unverified');
    const strange = await serve(200, 'no JSON');
    expect(await lookUpDurability(`esdb://127.0.0.1:${strange}?tls=false`)).toBe('unverified');
    expect(await lookUpDurability('esdb://127.0.0.1:1?tls=false')).toBe('unverified');
  });

  it('is unverified for servers found by discovery or named as several', async () => {
    const port = await serve(200, optionList(FILE_BACKED));
    expect(await lookUpDurability(`esdb+discover://127.0.0.1:${port}?tls=false`)).toBe('unverified');
    expect(await lookUpDurability(`esdb://127.0.0.1:${port},127.0.0.1:${port}?tls=false`)).toBe('unverified');
  });
});

function optionList(values: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(values).map(([name, value]) => ({ name, description: '', value })));
}

async function serve(statusCode: number, body: string): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/info/options' ? statusCode : 404).end(body);
  });
  servers.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
