import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('what is kept of what was asked for last', () => {
  it('is made once, and anew when others have taken its room', async () => {
    const made: string[] = [];
    const recent = new Recent<string>(20);
    const ask = (key: string): Promise<string> =>
      recent.get(key, 10, async () => {
        made.push(key);
        return key;
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
      expect(await ask(key)).toBe(key);
    }
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('is kept alone when it is larger than the room for all', async () => {
    const recent = new Recent<number>(5);
    let made = 0;
    const ask = (): Promise<number> => recent.get('large', 9, async () => (made += 1));
    expect([await ask(), await ask()]).toEqual([1, 1]);
  });

  it('is made again where it failed', async () => {
    const recent = new Recent<string>(20);
    await expect(recent.get('a', 1, () => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
    expect(await recent.get('a', 1, async () => 'read')).toBe('read');
  });
});
