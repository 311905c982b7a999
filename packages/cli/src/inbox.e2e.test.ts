import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentOf, makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere;

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  expect(await run('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await cell?.stop();
  await directory.remove();
});

function run(...line: string[]): Promise<Said> {
  return fleetbookHere(line, directory.path);
}

/** What the inbox has parked, once it has dealt with the message. */
async function dealtWith(sequence: number): Promise<readonly { readonly sequence: number; readonly code: string }[]> {
  for (;;) {
    const listed = await run('inbox', 'list', '--json');
    const { answer } = Object(documentOf(listed));
    if (answer.upTo >= sequence && !JSON.stringify(answer.parked).includes('isRetried')) {
      expect(listed.code).toBe(answer.parked.length === 0 ? 0 : 1);
      return answer.parked;
    }
  }
}

const putBuild = (actor: string) =>
  run('node', 'build', 'n-1', '--instance', 'job-1', '--result', 'failed', '--actor', actor, '--enqueue', '--json');

it('any command is left in the inbox by --enqueue, and its outcome asked for', async () => {
  const put = await putBuild('agent-1');
  expect(put, put.stderr).toMatchObject({ code: 0 });
  expect(documentOf(put)).toMatchObject({ outcome: 'enqueued', sequence: 1 });
  expect(await dealtWith(1)).toEqual([]);
  const { commandId } = Object(documentOf(put));
  const shown = await run('command', 'show', commandId);
  expect(shown, shown.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted') });
});

it('what cannot be decided is listed, shown, decided again and given up', async () => {
  expect(documentOf(await putBuild('agent-2'))).toMatchObject({ sequence: 2 });
  expect(await dealtWith(2)).toMatchObject([{ sequence: 2, code: 'NOT_AUTHORISED' }]);
  expect((await run('inbox', 'list')).stdout).toMatch(/sequence +since +code +reason\n +2 .*NOT_AUTHORISED/);
  const shown = await run('inbox', 'show', '2', '--json');
  expect(documentOf(shown)).toMatchObject({
    state: 'parked',
    subject: 'fleetbook.v1.main.inbox.agent.agent-2.ReportBuildResult',
    text: expect.stringContaining('"result":"failed"'),
    parked: { code: 'NOT_AUTHORISED' },
  });
  expect((await run('inbox', 'show', '2')).stdout).toMatch(/because +NOT_AUTHORISED/);

  expect(await run('inbox', 'retry', '2')).toMatchObject({ code: 0, stdout: 'message 2: it is decided once more\n' });
  expect(await dealtWith(2)).toMatchObject([{ sequence: 2, code: 'NOT_AUTHORISED' }]);
  expect(await run('inbox', 'discard', '2')).toMatchObject({ code: 2 });
  expect(await run('inbox', 'discard', '2', '--yes', '--actor', 'ann')).toMatchObject({ code: 0 });
  await expect.poll(() => dealtWith(2)).toEqual([]);
  expect(await run('inbox', 'discard', '2', '--yes')).toMatchObject({ code: 1 });
  const events = (await run('events', '--json')).stdout;
  expect(events).toMatch(/"type":"InboxDiscarded".*"id":"ann"/);
});

it('a message that never was is not found, and a word is no message', async () => {
  expect(await run('inbox', 'show', '999')).toMatchObject({ code: 1 });
  expect(await run('inbox', 'retry', 'first')).toMatchObject({ code: 2 });
});
