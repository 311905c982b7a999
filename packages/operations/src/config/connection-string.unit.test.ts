import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultOfConnectionString } from './connection-string.ts';
import { parseConfig } from './parse.ts';

const SECRET = 'hunter2';

it.each([
  'esdb://host',
  'esdb://host:2113/?tls=false',
  'esdb+discover://cluster.example.org:2113?tls_verify_cert=true&nodePreference=read_only_replica',
  'esdb://admin:p%40ss@one:2113,two:2113,three?TLS=true&keepAliveInterval=-1&keepAliveTimeout=3000',
  'esdb://host?connectionName=a%20b&defaultDeadline=10000&maxDiscoverAttempts=3&throwOnAppendFailure=true',
])('%s can be used', (text) => {
  expect(faultOfConnectionString(text)).toBeUndefined();
});

it.each([
  [`esdb:/admin:${SECRET}@host`, 'must be jetstream'],
  [`esdb://admin:${SECRET}`, 'a port from 1 to 65535'],
  [`esdb://admin:${SECRET}@`, 'must name host:port'],
  [`esdb://admin:${SECRET}@host:port`, 'a port from 1 to 65535'],
  [`esdb://admin:${SECRET}@host:0`, 'a port from 1 to 65535'],
  [`esdb://admin:${SECRET}@host:1:2`, 'must name host:port'],
  [`esdb://admin:${SECRET}@one,,two`, 'must name host:port'],
  [`esdb://${SECRET}@host`, 'user:password before the @'],
  [`esdb://admin:${SECRET}@${SECRET}@host`, 'percent-encoded'],
  [`esdb://admin:${SECRET}%@host`, 'percent-encoded'],
  [`esdb://admin:${SECRET}?@host`, 'percent-encoded'],
  [`esdb://admin:${SECRET}?host`, 'a port from 1 to 65535'],
  [`esdb://admin:${SECRET} @host`, 'white space'],
  [`esdb://admin:1?${SECRET}`, 'option 1 must be key=value with one of the keys connectionName,'],
  [`esdb://admin:${SECRET}@host:1?foo=bar&tls=false`, 'option 1 must be key=value'],
  [`esdb://admin:${SECRET}@host:1?tls=false&${SECRET}=1`, 'option 2 must be key=value'],
  [`esdb://admin:${SECRET}@host:1?tls=false?tls=true`, 'must be key=value'],
  [`esdb://admin:${SECRET}@host:1?`, 'option 1 must be key=value'],
  [`esdb://host:1?tls=${SECRET}`, 'tls must be true or false'],
  [`esdb://host:1?defaultDeadline=${SECRET}`, 'defaultDeadline must be a whole number'],
  ['esdb://host:1?keep-alive-interval=500', 'keepAliveInterval must be -1'],
  [`esdb://admin:${SECRET}@host:1?tlsVerifyCert=false`, 'tlsVerifyCert must be true'],
  [`esdb://host:1?nodePreference=${SECRET}`, 'nodePreference must be leader'],
  ['esdb://host:1?connectionName=%', 'connectionName must be percent-encoded'],
  [`esdb://host:1?tlsCAFile=/${SECRET}`, 'tlsCAFile must be a readable file in PEM (ENOENT)'],
  [`esdb://host:1?userCertFile=/${SECRET}`, 'userCertFile must be a readable file in PEM (ENOENT)'],
])('%s is refused, and nothing of it repeated', (text, reason) => {
  const parsed = parseConfig({ FLEETBOOK_LOG: text });
  expect(parsed).toMatchObject({ ok: false, error: { message: expect.stringContaining(reason) } });
  expect(JSON.stringify(parsed)).not.toContain(SECRET);
});

it('names files of certificates that can be used', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-connection-'));
  try {
    const path = join(directory, 'file.pem');
    await writeFile(path, 'no certificate');
    const stringWith = (option: string) => `esdb://host:1?${option}=${encodeURIComponent(path)}`;
    for (const option of ['tlsCAFile', 'userCertFile', 'userKeyFile']) {
      expect(faultOfConnectionString(stringWith(option))).toContain(`${option} must be a readable file in PEM`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
