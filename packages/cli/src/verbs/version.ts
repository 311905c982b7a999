import { CONTRACT_VERSION } from '@fleetbook/contracts';
import { OK, type Run } from '../call.ts';
import { printFacts } from '../output/table.ts';
import { packageVersion } from '../version.ts';

export const version: Run = async ({ args, terminal }) => {
  const document = { fleetbook: packageVersion(), contractVersion: CONTRACT_VERSION, node: process.versions.node };
  if (args.isSet('json')) {
    terminal.print(JSON.stringify(document));
  } else {
    printFacts(terminal, [
      ['fleetbook', document.fleetbook],
      ['messages', document.contractVersion],
      ['node', document.node],
    ]);
  }
  return OK;
};
