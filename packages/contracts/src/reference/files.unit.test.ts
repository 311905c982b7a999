import { readdirSync, readFileSync } from 'node:fs';
import { REJECTION_CODES } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, fleetbookError, isErrorCode } from '../errors/error.ts';
import { REFERENCE_DIRECTORY, referenceFiles, SCHEMA_DIRECTORY } from './files.ts';

const read = (path: string): string => readFileSync(new URL(path, REFERENCE_DIRECTORY), 'utf8');

const files = referenceFiles();

describe('the reference (npm run reference -w packages/contracts writes it)', () => {
  test.each([...files.keys()])('%s is up to date', (path) => {
    expect(read(path)).toBe(files.get(path));
  });

  test('has no schema that nothing generates', () => {
    const schemas = readdirSync(SCHEMA_DIRECTORY, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.json'),
    );
    const generated = [...files.keys()].filter((path) => path.startsWith('schemas/'));
    expect(schemas.map((path) => `schemas/${path.replaceAll('\\', '/')}`).sort()).toEqual(generated.sort());
  });

  test('lists every code of the catalogue and no other', () => {
    const listed = [...read('errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect([...listed].sort()).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  });
});

describe('the catalogue', () => {
  test('has every refusal of the domain', () => {
    expect(REJECTION_CODES.filter((code) => !isErrorCode(code))).toEqual([]);
  });

  test('records exactly the refusals of the domain, except that nobody may ask', () => {
    const recorded = Object.entries(ERROR_CATALOGUE).filter(([, entry]) => entry.isRecorded);
    expect(recorded.map(([code]) => code)).toEqual(REJECTION_CODES.filter((code) => code !== 'NOT_AUTHORISED'));
  });

  test('fills a message with the facts', () => {
    const details = { instance: 'vm-1', claim: { claimId: 'c-1', node: 'host-17', status: 'confirmed' } };
    expect(fleetbookError('INSTANCE_ALREADY_HELD', details)).toEqual({
      code: 'INSTANCE_ALREADY_HELD',
      message: 'Instance vm-1 is already held by claim c-1 on node host-17.',
      retry: 'new-id',
      details,
    });
  });

  test('shows a fact that is not there as a question mark', () => {
    expect(fleetbookError('TIMEOUT').message).toBe('No answer within ? ms.');
    expect(fleetbookError('NOT_FOUND', { kind: 'node' }).message).toBe('There is no node ?.');
  });

  test('does not know names that every object has', () => {
    expect(isErrorCode('constructor')).toBe(false);
  });
});
