import { readFileSync } from 'node:fs';
import { connectFleetbook } from '@fleetbook/client';

const { natsUrl, user, password } = JSON.parse(readFileSync('.fleetbook/endpoint.json', 'utf8'));
const fleetbook = await connectFleetbook({ servers: [natsUrl], user, password, client: { name: 'ten', version: '1' } });
const agent = fleetbook.as('agent', 'agent-1');
await agent.send('RegisterNode', { node: 'n-1', bootId: 'boot-1' });
const providers = [{ id: 'n-1', inventories: [{ class: 'VCPU', total: 8 }] }];
await agent.send('ReportInventory', { node: 'n-1', incarnation: 1, sequence: 1, mode: 'full', providers });
const reply = await agent.send('ClaimInstance', { node: 'n-1', instance: 'i-1', request: { resources: { VCPU: 2 } } });
const usage = await agent.ask('usage', { node: 'n-1' });
process.stdout.write(
  JSON.stringify({ outcome: reply.outcome, usage: usage.outcome === 'answer' && usage.answer.classes }),
);
await fleetbook.close();
