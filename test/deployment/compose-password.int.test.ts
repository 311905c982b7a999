import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { resolveNatsServer } from '@fleetbook/messaging';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const file = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

interface Compose {
  readonly services: { readonly nats: { readonly environment: { readonly FLEETBOOK_NATS_PASSWORD: string } } };
  readonly configs: { readonly nats: { readonly content: string } };
}

// As `openssl rand -hex 24` makes them: a number with an exponent to begin with, nothing but digits, neither.
it.each([
  '4e5cb02ce1d3e4791095f7220dc20386c46bb684a446e7cc',
  '971826304958127364509182736450918273645091827364',
  'f8447e7c35ec3fdd4967a426d8a5da0ffa2cdc3d9a2fef28',
])('the NATS of docker-compose.yml takes the password %s for the text it is', async (password) => {
  const binary = await resolveNatsServer();
  if (!binary.ok) {
    throw new Error(binary.error.message);
  }
  const compose: Compose = parse(await readFile(file, 'utf8'), { merge: true });
  const { environment } = compose.services.nats;
  const directory = await mkdtemp(join(tmpdir(), 'fleetbook-compose-'));
  const configuration = join(directory, 'nats.conf');
  try {
    await writeFile(configuration, compose.configs.nats.content.replaceAll('$$', '$'));
    const env = { FLEETBOOK_NATS_PASSWORD: environment.FLEETBOOK_NATS_PASSWORD.replace(/\$\{.*\}/, password) };
    const tested = promisify(execFile)(binary.value.path, ['-t', '-c', configuration], { env });
    await expect(tested).resolves.toMatchObject({ stderr: expect.stringContaining('is valid') });
  } finally {
    await rm(directory, { recursive: true });
  }
});
