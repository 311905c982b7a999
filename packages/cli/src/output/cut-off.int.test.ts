import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../bin/fleetbook.mjs', import.meta.url));
const FILE = fileURLToPath(new URL('../../../../docs/incidents/expired-claim.incident', import.meta.url));

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetbook-cli-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What a command says whose output nobody reads, and its exit code. */
function endUnread(line: string) {
  const script = `{ "${process.execPath}" "${COMMAND}" ${line} --data "${FILE}"; echo "ended $?" >&2; } | true`;
  const { stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, TMPDIR: directory } });
  return { code: /^ended (\d+)$/m.exec(stderr)?.[1], stderr };
}

describe('output that nobody reads', () => {
  it.each([
    ['diff 4 8', '1'],
    ['diff 8 8', '0'],
    ['bisect "charged(host-1, VCPU) > 1000"', '1'],
    ['diff 4 99', '2'],
  ])('leaves the answer of %s as it is, and nothing behind', (line, code) => {
    const ended = endUnread(line);
    expect(ended).toMatchObject({ code });
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(directory).filter((name) => name.startsWith('fleetbook-'))).toEqual([]);
  });
});
