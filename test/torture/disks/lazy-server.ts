import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveNatsServer } from '@fleetbook/messaging';

export interface LazyServer {
  /** Path of a program to start instead of nats-server. */
  readonly binary: string;
  dispose(): Promise<void>;
}

/** A nats-server that acknowledges what it has written and syncs it minutes later, whatever its configuration says. */
export async function makeLazyServer(): Promise<LazyServer> {
  const found = await resolveNatsServer({ configured: process.env['FLEETBOOK_NATS_SERVER'] });
  if (!found.ok) {
    throw new Error(found.error.message);
  }
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-lazy-'));
  const binary = join(directory, 'nats-server');
  const script = `#!/bin/sh
sed 's/sync_interval: always/sync_interval: "10m"/' "$2" > "$2.lazy"
exec '${found.value.path}' "$1" "$2.lazy"
`;
  await writeFile(binary, script, { mode: 0o700 });
  return { binary, dispose: () => rm(directory, { recursive: true, force: true }) };
}
