import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of this process alone, for as long as it runs. */
export interface Scratch {
  readonly path: string;
  remove(): Promise<void>;
}

const RETRIES = { recursive: true, force: true, maxRetries: 5 } as const;

/**
 * Makes one below the system's directory for what is temporary. Ctrl-C, a time that is up and a reader that has had
 * enough end the process at once: it goes with the process. `beforeExit` is called first then.
 */
export function makeScratch(name: string, beforeExit: (path: string) => void = () => undefined): Scratch {
  const path = mkdtempSync(join(tmpdir(), `fleetbook-${name}-`));
  const removeAtExit = (): void => {
    beforeExit(path);
    rmSync(path, RETRIES);
  };
  process.once('exit', removeAtExit);
  return {
    path,
    async remove() {
      await rm(path, RETRIES);
      process.off('exit', removeAtExit);
    },
  };
}
