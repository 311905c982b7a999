import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { createNodeDisk } from '@fleetbook/operations';
import { type ExportedBundle, exportBundle } from '@fleetbook/replay';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { showProgress } from '../output/progress.ts';
import { stateBeforeText, unreadFacts } from '../output/range.ts';
import { printFacts } from '../output/table.ts';
import { openCallLog } from '../session/log.ts';
import type { OpenLog } from '../session/log-at.ts';
import { withIndex } from '../session/log-range.ts';

export const incidentExport: Run = async (call): Promise<Ending> => {
  const [from, to, out] = [call.args.text('from'), call.args.text('to'), call.args.text('out')];
  if (from === undefined || to === undefined || out === undefined) {
    return { failure: usageFailure('--from, --to and --out say what goes where') };
  }
  const path = resolve(call.directory, out);
  const fault = await faultOf(path, call.args.isSet('force'));
  if (fault !== undefined) {
    return { failure: fault };
  }
  const key = await readKey(call);
  if (!key.ok) {
    return { failure: key.error };
  }
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    const redaction = key.value === undefined ? {} : { redactionKey: key.value };
    const bundle = await exportRange(call, opened.value, { from, to, ...redaction });
    return bundle.ok ? await write(call, path, bundle.value) : { failure: bundle.error };
  } finally {
    await opened.value.close();
  }
};

/** Why the file is not written: known before the log is read. */
async function faultOf(path: string, mayReplace: boolean): Promise<Failure | undefined> {
  const [above, there] = await Promise.all([dirname(path), path].map((each) => stat(each).catch(() => undefined)));
  if (above?.isDirectory() !== true) {
    return usageFailure(`There is no directory ${dirname(path)}`);
  }
  if (there === undefined || (mayReplace && there.isFile())) {
    return undefined;
  }
  return there.isFile()
    ? usageFailure(`There is a file ${path} already`, '--force replaces it; --out names another')
    : usageFailure(`${path} is no file`);
}

async function readKey(call: Call): Promise<Result<string | undefined, Failure>> {
  const name = call.args.text('redact-tenants');
  if (name === undefined) {
    return succeed(undefined);
  }
  const text = await readFile(resolve(call.directory, name), 'utf8').catch(() => '');
  const key = text.trim();
  return key === '' ? fail(usageFailure(`--redact-tenants ${name} holds no key`)) : succeed(key);
}

interface Range {
  readonly from: string;
  readonly to: string;
  readonly redactionKey?: string;
}

interface Export extends ExportedBundle {
  /** Commits of the log after those of the file: they were not read. */
  readonly unread: number;
}

async function exportRange(call: Call, opened: OpenLog, range: Range): Promise<Result<Export, Failure>> {
  return withIndex(call, opened, range, async (surroundings) => {
    const end = await opened.log.end();
    const progress = showProgress(call.terminal, 'read', Math.max(1, end));
    let reached = 0;
    try {
      const bundle = await exportBundle({
        ...{ ...surroundings, ...range, isRedacted: opened.incident?.isRedacted ?? false },
        onProgress: (_number, position) => {
          for (; reached < position; reached += 1) {
            progress.step();
          }
        },
      });
      return bundle.ok ? succeed({ ...bundle.value, unread: end - bundle.value.position }) : bundle;
    } finally {
      progress.done();
    }
  });
}

async function write(call: Call, path: string, bundle: Export): Promise<Ending> {
  const { bytes, position: _, ...facts } = bundle;
  const written = await createNodeDisk().writeAtomically(path, bytes, { mode: 0o600 });
  if (!written.ok) {
    const { code, cause } = written.error;
    const reason = { directory: path, reason: cause.message };
    return { failure: fleetbookError(code === 'NO_SPACE' ? 'DISK_FULL' : 'DATA_UNUSABLE', reason) };
  }
  const seconds = ((performance.now() - call.startedMs) / 1_000).toFixed(1);
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ outcome: 'exported', file: path, bytes: bytes.length, ...facts }));
    return OK;
  }
  printFacts(call.terminal, [
    ['file', path],
    ['holds', `events ${facts.from} to ${facts.to}, in ${facts.commits} commits`],
    ['size', `${bytes.length.toLocaleString('en-US')} bytes, in ${seconds} s`],
    ['digest', facts.digest],
    ...(facts.before === undefined ? [] : [['state before', stateBeforeText(facts.before)] as const]),
    ...unreadFacts(facts.unread, facts.to),
  ]);
  return OK;
}
