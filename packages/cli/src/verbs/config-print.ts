import { showConfig } from '@fleetbook/operations';
import { OK, type Run } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { readConfig } from '../session/config.ts';

export const configPrint: Run = async ({ args, terminal, environment }) => {
  const config = readConfig(environment);
  if (!config.ok) {
    return { failure: config.error };
  }
  const settings = showConfig(config.value);
  if (args.isSet('json')) {
    terminal.print(
      JSON.stringify(Object.fromEntries(settings.map(({ variable, value }) => [variable, value ?? null]))),
    );
  } else {
    printFacts(
      terminal,
      settings.map(({ variable, value }) => [variable, value ?? '(not set)']),
    );
  }
  return OK;
};
