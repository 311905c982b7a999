import { describeInbox } from '../contract/inbox.contract.ts';
import { createMemoryInbox } from './memory-inbox.ts';

describeInbox('memory', async (limits) => {
  const inbox = createMemoryInbox({ now: Date.now, limits });
  return {
    open: async () => inbox,
    put: async (command, payload, options) =>
      inbox.put(`fleetbook.v1.main.inbox.agent.a-1.${command}`, Buffer.from(payload), options),
    dispose: async () => undefined,
  };
});
