import { describe, expect, it } from 'vitest';
import { readAll, readUntilFailure, record } from '../contract/recorder.ts';
import { appendAll, appendOne, createSampleWriter } from '../contract/sample-commits.ts';
import { type Bookmark, type EncodedCommit, ORIGIN } from '../port.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

describe('append faults of the memory log', () => {
  it.each([
    { fault: 'conflict', status: 'conflict', stored: 0 },
    { fault: 'unknown-before', status: 'unknown', stored: 0 },
    { fault: 'unknown-after', status: 'unknown', stored: 1 },
  ] as const)('$fault answers $status with $stored stored; the append after it is sound', async (expected) => {
    const log = createMemoryLog();
    const commit = createSampleWriter().next();
    log.appendFaults.next(expected.fault);
    expect(await log.append(ORIGIN.position, commit)).toMatchObject({ status: expected.status });
    expect(await readAll(log, ORIGIN)).toHaveLength(expected.stored);
    expect(await log.append(ORIGIN.position, commit)).toMatchObject({ status: 'appended' });
    expect(await readAll(log, ORIGIN)).toHaveLength(1);
  });

  it('hold answers only at release, as the log is then', async () => {
    const log = createMemoryLog();
    const rival = createMemoryLog({ store: log.store });
    log.appendFaults.next('hold');
    const held = log.append(ORIGIN.position, createSampleWriter(1).next());
    await appendOne(rival, createSampleWriter(2).next());
    expect(log.appendFaults.waiting).toBe(1);
    log.appendFaults.release();
    expect(await held).toEqual({ status: 'conflict' });
  });

  it('late is stored at release, unless its place is taken by then', async () => {
    const log = createMemoryLog();
    const writer = createSampleWriter();
    const first = writer.next();
    log.appendFaults.next('late');
    expect(await log.append(ORIGIN.position, first)).toMatchObject({ status: 'unknown' });
    expect(await readAll(log, ORIGIN)).toHaveLength(0);
    log.appendFaults.release();
    expect(await log.append(ORIGIN.position, first)).toMatchObject({ status: 'appended' });
    expect(await readAll(log, ORIGIN)).toHaveLength(1);
  });

  it('hang stores nothing and never answers', async () => {
    const log = createMemoryLog();
    log.appendFaults.next('hang');
    let hasAnswered = false;
    void log.append(ORIGIN.position, createSampleWriter().next()).then(() => {
      hasAnswered = true;
    });
    log.appendFaults.release();
    await appendOne(log, createSampleWriter().next());
    expect(hasAnswered).toBe(false);
  });
});

describe('store faults of the memory log', () => {
  it.each([
    { fault: 'flipByte', kind: 'chain' },
    { fault: 'drop', kind: 'gap' },
  ] as const)('$fault makes readers stop with $kind before the commit', async ({ fault, kind }) => {
    const { log, bookmarks } = await filled(3);
    log.storeFaults[fault](bookmarks[1]?.position ?? ORIGIN.position);
    const { commits, failure } = await readUntilFailure(log, ORIGIN);
    expect(commits.map((commit) => commit.bookmark)).toEqual(bookmarks.slice(0, 1));
    expect(failure).toMatchObject({ name: 'LogDamageError', kind });
  });

  it('truncate ends subscriptions, and appends of writers that have seen more', async () => {
    const { log, bookmarks, next } = await filled(3);
    const recorder = await record(log, ORIGIN);
    await recorder.received(3);
    log.storeFaults.truncate(1);
    expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind: 'went-back' });
    const result = await log.append(bookmarks[2]?.position ?? ORIGIN.position, next);
    expect(result).toEqual({ status: 'went-back', end: bookmarks[0]?.position });
  });

  it('truncate ends a read that has read more', async () => {
    const { log } = await filled(100);
    const batches = log.read(ORIGIN)[Symbol.asyncIterator]();
    await batches.next();
    log.storeFaults.truncate(1);
    await expect(batches.next()).rejects.toMatchObject({ name: 'LogDamageError', kind: 'went-back' });
  });

  it('put ends a subscription that has read another commit in that place', async () => {
    const { log, bookmarks } = await filled(2);
    const recorder = await record(log, ORIGIN);
    await recorder.received(2);
    log.storeFaults.put(bookmarks[1]?.position ?? ORIGIN.position, createSampleWriter(9).next().bytes.toString());
    expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind: 'chain' });
  });
});

async function filled(count: number): Promise<{
  readonly log: MemoryLog;
  readonly bookmarks: Bookmark[];
  readonly next: EncodedCommit;
}> {
  const log = createMemoryLog();
  const writer = createSampleWriter();
  const commits = Array.from({ length: count }, () => writer.next());
  return { log, bookmarks: await appendAll(log, commits), next: writer.next() };
}
