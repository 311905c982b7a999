import { expect, it } from 'vitest';
import { memoryDisk } from '../testing/index.ts';
import { type Endpoint, findEndpoint, readEndpoint, removeEndpoint, writeEndpoint } from './endpoint.ts';

const endpoint: Endpoint = {
  natsUrl: 'nats://127.0.0.1:4222',
  user: 'fleetbook',
  password: 'secret',
  cell: 'main',
  pids: { tracker: 12, projector: 13 },
  httpPorts: { tracker: 9464 },
};

it('is read back as written', async () => {
  const disk = memoryDisk();
  await writeEndpoint(disk, '/srv/.fleetbook', endpoint);
  expect(await readEndpoint(disk, '/srv/.fleetbook')).toEqual({
    ok: true,
    value: { path: '/srv/.fleetbook/endpoint.json', endpoint },
  });
});

it('is found in the directory itself and in any above, the nearest first', async () => {
  const disk = memoryDisk();
  await writeEndpoint(disk, '/srv/.fleetbook', endpoint);
  await writeEndpoint(disk, '/srv/deep/.fleetbook', { ...endpoint, cell: 'deep' });
  expect(await findEndpoint(disk, '/srv')).toMatchObject({ value: { endpoint: { cell: 'main' } } });
  expect(await findEndpoint(disk, '/srv/other/place')).toMatchObject({ value: { endpoint: { cell: 'main' } } });
  expect(await findEndpoint(disk, '/srv/deep/er')).toMatchObject({ value: { endpoint: { cell: 'deep' } } });
});

it('is undefined where there is none', async () => {
  const disk = memoryDisk();
  expect(await findEndpoint(disk, '/nowhere/at/all')).toEqual({ ok: true, value: undefined });
  await writeEndpoint(disk, '/srv/.fleetbook', endpoint);
  await removeEndpoint(disk, '/srv/.fleetbook');
  expect(await readEndpoint(disk, '/srv/.fleetbook')).toEqual({ ok: true, value: undefined });
});

it.each(['{"natsUrl":', '[]', '{"natsUrl":1}'])('is refused by its path when it is %s', async (text) => {
  const disk = memoryDisk();
  await disk.writeAtomically('/srv/.fleetbook/endpoint.json', new TextEncoder().encode(text));
  expect(await readEndpoint(disk, '/srv/.fleetbook')).toMatchObject({
    ok: false,
    error: { code: 'ENDPOINT_UNREADABLE', path: '/srv/.fleetbook/endpoint.json' },
  });
});

it('keeps the words of the disk when it cannot be read', async () => {
  const disk = memoryDisk();
  disk.breakWith('readFile', 'ACCESS_DENIED');
  expect(await findEndpoint(disk, '/srv')).toMatchObject({ ok: false, error: { code: 'ACCESS_DENIED' } });
});
