import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Programs {
  readonly tracker: string;
  readonly projector: string;
  /** The command. */
  readonly fleetbook: string;
  /** Where V8 keeps what it has compiled of them. */
  readonly compileCache: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As they run from a clone. */
const SOURCES: Programs = {
  tracker: fileURLToPath(import.meta.resolve('@fleetbook/tracker-service')),
  projector: fileURLToPath(import.meta.resolve('@fleetbook/projector-service')),
  fleetbook: join(root, 'node_modules/.bin/fleetbook'),
  compileCache: join(root, 'node_modules/.cache/node-compile'),
};

/** Those that the set-up of the tier has bundled: dozens of starts that read a few files instead of hundreds. */
export const PROGRAMS: Programs = bundledIn(process.env['FLEETBOOK_TEST_PROGRAMS']) ?? SOURCES;

function bundledIn(directory: string | undefined): Programs | undefined {
  return directory === undefined
    ? undefined
    : {
        tracker: join(directory, 'node_modules/@fleetbook/tracker-service/main.js'),
        projector: join(directory, 'node_modules/@fleetbook/projector-service/main.js'),
        fleetbook: join(directory, 'bin/fleetbook'),
        compileCache: join(directory, 'compile-cache'),
      };
}
