import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withFigures } from './record.ts';

const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');

describe('the page of figures', () => {
  it('has a place for them, and keeps everything else', () => {
    const first = withFigures(page, ['| one |']);
    expect(first).toContain('\n\n| one |\n\n');
    expect(withFigures(first, ['| two |'])).toBe(first.replace('| one |', '| two |'));
  });

  it('is not written where it has no place for them', () => {
    expect(() => withFigures('# Performance', ['| one |'])).toThrow('no place for figures');
  });
});
