import { expect, it } from 'vitest';
import { connectFleetbook } from './connect.ts';

const NOWHERE = { servers: ['nats://127.0.0.1:1'], client: { name: 'test', version: '1' } };

it.each(['answers', '_INBOX.*', '_INBOX.>', '_INBOX.', '_INBOX..a', '', '_a b'])(
  'takes no prefix of inboxes at which nothing would be answered: %j',
  async (inboxPrefix) => {
    await expect(connectFleetbook({ ...NOWHERE, inboxPrefix })).rejects.toThrow(RangeError);
  },
);

it.each(['a b', '', 'a'.repeat(33)])('takes no name that no cell can have: %j', async (cell) => {
  await expect(connectFleetbook({ ...NOWHERE, cell })).rejects.toThrow(RangeError);
});

it.each([undefined, '_INBOX.agent.agent-1', '_mine'])(
  'goes on to the server with the prefix %j',
  async (inboxPrefix) => {
    const access = inboxPrefix === undefined ? NOWHERE : { ...NOWHERE, inboxPrefix };
    await expect(connectFleetbook(access)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  },
);
