import { isCellName, isId, SENDER_ROLES } from '@fleetbook/contracts';
import { OK, type Run, usageFailure } from '../call.ts';
import { natsConfigText } from '../nats-config/config-text.ts';
import { crossingsOf } from '../nats-config/crossings.ts';
import { usersOf } from '../nats-config/permissions.ts';
import { readConfig } from '../session/config.ts';

const DEFAULTS = { port: 4222, monitoringPort: 8222, storeDirectory: '/var/lib/nats' };

export const natsConfig: Run = async ({ args, terminal, environment }) => {
  const config = readConfig(environment);
  if (!config.ok) {
    return { failure: config.error };
  }
  const cell = args.text('cell') ?? config.value.cell;
  if (!isCellName(cell)) {
    return { failure: usageFailure('--cell is 1 to 32 letters, digits, _ or -') };
  }
  for (const role of SENDER_ROLES) {
    const ids = args.texts(role);
    const wrong = ids.find((id, place) => !isId(id) || ids.indexOf(id) !== place);
    if (wrong !== undefined) {
      const rule = isId(wrong) ? 'is there twice' : 'is no id: letters, digits, . _ : and -, a letter or digit first';
      return { failure: usageFailure(`--${role} ${wrong} ${rule}`) };
    }
  }
  const actors = { agent: args.texts('agent'), scheduler: args.texts('scheduler'), operator: args.texts('operator') };
  const text = natsConfigText({
    cell,
    port: args.number('port') ?? DEFAULTS.port,
    monitoringPort: args.number('monitoring-port') ?? DEFAULTS.monitoringPort,
    storeDirectory: args.text('store') ?? DEFAULTS.storeDirectory,
    users: usersOf(cell, actors),
    crossings: crossingsOf(cell),
  });
  terminal.print(text.trimEnd());
  return OK;
};
