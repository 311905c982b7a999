import { DEFAULT_POLICIES } from '@fleetbook/domain';
import { type EventLog, ORIGIN, requireMark } from '@fleetbook/event-log';
import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import { memoryDisk } from '@fleetbook/operations/testing';
import { openCopyWriter, readCopy } from '@fleetbook/projector/archive';
import { addNode, foundHistory, type HistoryWriter } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { foldLog } from '../verify/fold-log.ts';
import { appendCopy } from './append-copy.ts';
import { appendSurely } from './append-surely.ts';
import { commitsOf, compareCopy } from './compare.ts';
import { giveUp, lossOfLog } from './give-up.ts';
import type { KnownEnd } from './known-marks.ts';

const DIRECTORY = '/copy';

/** A log, and a copy of all that it holds. */
async function createWorld() {
  const log = createMemoryLog();
  const disk = memoryDisk();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  await add(writer, 4);
  await (await openCopyWriter({ disk, directory: DIRECTORY, cell: 'main', log })).copy();
  const parts = () => readCopy(disk, DIRECTORY);
  return { log, disk, writer, parts, compare: (cell = 'main') => compareCopy(cell, log, parts()) };
}

async function add(writer: HistoryWriter, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    addNode(writer, `node-${writer.number}`);
  }
  await writer.flush();
}

function textsOf(log: MemoryLog): readonly string[] {
  return log.store.commits.map((commit) => Buffer.from(commit?.bytes ?? []).toString());
}

async function digestOf(log: EventLog): Promise<string> {
  return (await foldLog(log, [])).replay;
}

function sequence(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-9000-${String(count).padStart(12, '0')}`;
  };
}

describe('folding a log to prove it', () => {
  it('finds out what was durable and is missing, and asks nothing of a mark of another history', async () => {
    const { log, writer } = await createWorld();
    const { number, hash } = (await foldLog(log, [])).end;
    const mark = { historyId: 'history-1', number, hash };
    await foldLog(log, [], { marks: [mark, { ...mark, historyId: 'another', number: 90 }] });
    log.storeFaults.truncate(2);
    await expect(foldLog(log, [], { marks: [mark] })).rejects.toMatchObject({
      kind: 'went-back',
      number: writer.number,
    });
    log.storeFaults.truncate(0);
    await expect(foldLog(log, [], { marks: [mark] })).rejects.toMatchObject({
      kind: 'went-back',
      number: writer.number,
    });
  });
});

describe('bringing lost events back', () => {
  it.each([0, 1, 3])('gives a log cut off after %i commits what it had, byte for byte', async (kept) => {
    const { log, parts, compare } = await createWorld();
    const [texts, digest] = [textsOf(log), await digestOf(log)];
    log.storeFaults.truncate(kept);
    const { logEnd, commits, copyEnd } = await compare();
    expect(commits).toBe(texts.length - kept);
    log.appendFaults.next('unknown-before', 'unknown-after');
    const steps: number[] = [];
    const end = await appendCopy(log, logEnd, commitsOf('main', parts()), () => steps.push(1), 0);
    expect(end).toMatchObject({ ok: true, value: { number: copyEnd } });
    expect(steps).toHaveLength(commits);
    expect(textsOf(log)).toEqual(texts);
    expect(await digestOf(log)).toBe(digest);
    expect(await compare()).toMatchObject({ commits: 0 });
  });

  it('has nothing to do where the log has more than the copy', async () => {
    const { writer, compare } = await createWorld();
    await add(writer, 2);
    expect(await compare()).toMatchObject({ commits: 0, logEnd: { number: writer.number } });
  });

  it.each([0, 2])('refuses a log that went another way after %i commits', async (kept) => {
    const { log, compare } = await createWorld();
    log.storeFaults.truncate(kept);
    const other = createMemoryLog();
    const writer = await foundHistory(other, { eventsPerCommit: 1, historyId: kept === 0 ? 'other' : 'history-1' });
    addNode(writer, 'other');
    await writer.flush();
    log.store.commits.push(...other.store.commits.slice(kept));
    await expect(compare()).rejects.toMatchObject({ name: 'CopyError', code: 'MISMATCH', number: kept === 0 ? 1 : 4 });
  });

  it('refuses the copy of another cell', async () => {
    const { compare } = await createWorld();
    await expect(compare('theirs')).rejects.toMatchObject({ code: 'MISMATCH' });
  });

  it('stops where another writer appends meanwhile', async () => {
    const { log, parts, compare } = await createWorld();
    log.storeFaults.truncate(2);
    const { logEnd } = await compare();
    log.appendFaults.next('conflict');
    const end = await appendCopy(log, logEnd, commitsOf('main', parts()), () => undefined, 0);
    expect(end).toMatchObject({ ok: false, error: { code: 'WRITER_IN_OFFICE' } });
  });

  it('gives up on a log that never says what became of an append', async () => {
    const { log, writer } = await createWorld();
    log.storeFaults.setAvailable(false);
    const commit = {
      ...ORIGIN,
      commitId: 'c',
      firstNumber: 1,
      previousHash: '',
      eventTexts: [],
      bytes: Buffer.alloc(0),
      lengths: [],
    };
    const result = await appendSurely(log, writer.bookmark.position, commit, 0);
    expect(result).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  });
});

describe('giving lost events up', () => {
  const known = (number: number, historyId = 'history-1'): KnownEnd => ({ source: 'tracker 1', historyId, number });
  const facts = () => ({
    ...{ cell: 'main', policies: DEFAULT_POLICIES, reason: 'a lost disk', operator: 'alice', now: 1_800_000_000_000 },
    newId: sequence(),
  });

  it('is recorded with what is kept and what is known to be lost, and every mark within it is content', async () => {
    const { log, writer, compare } = await createWorld();
    const mark = { historyId: 'history-1', number: writer.number, hash: writer.bookmark.hash };
    log.storeFaults.truncate(4);
    await expect(requireMark(log, mark)).rejects.toMatchObject({ kind: 'went-back' });
    const compared = await compare();
    const loss = lossOfLog(compared, [known(5), known(writer.number), known(90, 'another')]);
    const { number: keptTo } = compared.logEnd;
    expect(loss).toMatchObject({ ok: true, value: { from: 'history-1', keptTo, lostTo: writer.number } });
    const given = loss.ok ? await giveUp(log, compared, loss.value, facts()) : loss;
    expect(given).toMatchObject({ ok: true });
    await requireMark(log, mark);
    const folded = await foldLog(log, []);
    expect(folded).toMatchObject({ historyId: given.ok ? given.value : '', violations: [] });
    expect(folded.reference).toBe(folded.replay);
    await expect(requireMark(log, { ...mark, number: writer.number + 1 })).rejects.toMatchObject({ kind: 'went-back' });
  });

  it('founds an empty log anew, and keeps nothing of what bore its name', async () => {
    const { log, compare } = await createWorld();
    log.storeFaults.truncate(0);
    const compared = await compare();
    const loss = lossOfLog(compared, [known(2), known(40)]);
    expect(loss).toMatchObject({ value: { from: 'history-1', keptTo: 0, lostTo: 40 } });
    expect(loss.ok && (await giveUp(log, compared, loss.value, facts())).ok).toBe(true);
    await requireMark(log, { historyId: 'history-1', number: 2, hash: 'f'.repeat(64) });
    const folded = await foldLog(log, []);
    expect(folded.reference).toBe(folded.replay);
    expect(folded.end.number).toBe(4);
  });

  it('goes on where it was cut short after the founding', async () => {
    const { log, compare } = await createWorld();
    log.storeFaults.truncate(0);
    const first = await compare();
    const loss = lossOfLog(first, [known(40)]);
    expect(loss.ok && (await giveUp(log, first, loss.value, facts())).ok).toBe(true);
    log.storeFaults.truncate(1);
    const again = await compareCopy('main', log, (async function* () {})());
    const rest = lossOfLog(again, [known(40)]);
    expect(rest).toMatchObject({ value: { from: 'history-1', keptTo: 0, lostTo: 40 } });
    expect(rest.ok && (await giveUp(log, again, rest.value, facts())).ok).toBe(true);
    await requireMark(log, { historyId: 'history-1', number: 2, hash: 'f'.repeat(64) });
  });

  it('of an empty log of which nobody knows anything is refused', async () => {
    const log = createMemoryLog();
    const compared = await compareCopy('main', log, (async function* () {})());
    expect(lossOfLog(compared, [])).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});
