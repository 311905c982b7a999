import { startTestServer, type TestServer } from '@fleetbook/messaging/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, fleetbook, interrupt, makeDirectory } from './testing/command.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let server: TestServer;
let stopServer: () => Promise<void>;

beforeAll(async () => {
  directory = await makeDirectory();
  ({ server, stop: stopServer } = await startTestServer());
});

afterAll(async () => {
  await stopServer();
  await directory.remove();
});

const surroundings = () => ({
  directory: directory.path,
  environment: {
    FLEETBOOK_NATS_URL: server.url,
    FLEETBOOK_NATS_USER: server.user,
    FLEETBOOK_NATS_PASSWORD: server.password,
  },
});

describe('a command that waits for its outcome', () => {
  it('says its id and how to ask for the outcome when it is interrupted', async () => {
    let isSent = false;
    const bus = await server.connect();
    bus.subscribe('fleetbook.v1.main.cmd.>', () => {
      isSent = true;
    });
    await bus.flush();
    const line = ['node', 'enable', 'n-1', '--command-id', 'mine-1', '--timeout', '1m'];
    const ended = await interrupt(line, surroundings(), async () => isSent);
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Command mine-1 was sent; its outcome is not known here.');
    expect(ended.stderr).toContain('fleetbook command show mine-1');
  });
});

describe('--timeout', () => {
  it('bounds the whole of a verb, also while a server lets it connect and says nothing', async () => {
    process.kill(server.pid, 'SIGSTOP');
    try {
      const line = ['node', 'list', '--timeout', '300ms', '--json'];
      const finished = await fleetbook(line, surroundings());
      expect(finished).toMatchObject({ code: 4 });
      expect(documentOf(finished)).toMatchObject({ error: { code: 'TIMEOUT', details: { timeoutMs: 300 } } });
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });
});

describe('fleetbook up on a server of another', () => {
  it('ends with the reason where the server will never let it in', async () => {
    const { directory: path, environment } = surroundings();
    const denied = { directory: path, environment: { ...environment, FLEETBOOK_NATS_PASSWORD: 'wrong' } };
    const finished = await fleetbook(['up', '--data', 'denied'], denied);
    expect(finished).toMatchObject({ code: 4 });
    expect(finished.stdout).toMatch(/^\S+ +ended +process \d+: ACCESS_REFUSED: .*Authorization Violation/m);
    expect(finished.stderr).toMatch(/^ACCESS_REFUSED: The (tracker|projector) has ended\. /);
  });

  it('says what it waits for where no server answers', async () => {
    const absent = { directory: directory.path, environment: { FLEETBOOK_NATS_URL: 'nats://127.0.0.1:1' } };
    let said = '';
    const line = ['up', '--data', 'absent'];
    const ended = await interrupt(line, absent, async (output) => {
      said = output;
      return / waiting /.test(said);
    });
    expect(ended).toMatchObject({ code: 0 });
    expect(said).toMatch(/ waiting +process \d+: no NATS server answers at 127\.0\.0\.1:1$/m);
  });
});
