import { describe, expect, it } from 'vitest';
import { sampleCommits } from '../contract/sample-commits.ts';
import { recordId, toRecords } from './record.ts';

describe('recordId', () => {
  it('is the UUID of version 5 of the index in the name space of the commit id, for ever', () => {
    expect(recordId('00000001-0000-4000-8000-000000000000', 0)).toBe('661acd2f-3f9f-5def-86e9-4ac35874c92e');
    expect(recordId('00000001-0000-4000-8000-000000000000', 255)).toBe('62237e7b-f091-5524-9c9e-ca00b79c1957');
  });
});

describe('toRecords', () => {
  it('gives the same records for the same commit', () => {
    for (const commit of sampleCommits(2)) {
      expect(toRecords(commit)).toEqual(toRecords(commit));
    }
  });

  it('gives data that serialises to the text of each event, typed and with its commit beside it', () => {
    for (const commit of sampleCommits(2)) {
      const records = toRecords(commit);
      expect(records.map((record) => JSON.stringify(record.data))).toEqual(commit.eventTexts);
      expect(records.map((record) => record.type)).toEqual(commit.eventTexts.map((text) => JSON.parse(text).type));
      const { commitId, epoch, firstNumber, previousHash, hash } = commit;
      for (const [index, record] of records.entries()) {
        const fields = { commitId, epoch, firstNumber, previousHash, hash, index, count: records.length };
        expect(record.metadata).toMatchObject(fields);
      }
    }
  });

  it('says who asked for an event and what caused it', () => {
    const [, second] = sampleCommits(2);
    const [record] = second === undefined ? [] : toRecords(second);
    expect(record?.metadata).toMatchObject({ $correlationId: 'maintenance-7', $causationId: 'disable-1-3' });
  });

  it.each([
    ['has no events', { eventTexts: [] }],
    ['states another text', { bytes: Buffer.from('{}') }],
    ['states another hash', { hash: '0'.repeat(64) }],
  ])('refuses a commit that %s', (_, change) => {
    const [commit] = sampleCommits(1);
    expect(() => commit && toRecords({ ...commit, ...change })).toThrow(TypeError);
  });
});
