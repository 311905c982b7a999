import type { FieldPath } from './field-path.ts';

const STRING = /"(?:[^"\\]|\\.)*"/y;

interface Level {
  readonly keys: Set<string> | undefined;
  segment: string | number;
}

const stringAt = (text: string, index: number): string => {
  STRING.lastIndex = index;
  return STRING.exec(text)?.[0] ?? '';
};

const takeKey = (level: Level, literal: string): boolean => {
  const key = String(JSON.parse(literal));
  level.segment = key;
  const isRepeated = level.keys?.has(key) ?? false;
  level.keys?.add(key);
  return isRepeated;
};

/**
 * The path of the first key that an object of this JSON text repeats.
 * The text is known to be JSON, so only strings and structure are told apart.
 */
export const findDuplicateKey = (text: string): FieldPath | undefined => {
  const levels: Level[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    const level = levels.at(-1);
    if (character === '"') {
      literal = stringAt(text, index);
      index += literal.length - 1;
    } else if (character === ':' && level !== undefined) {
      if (takeKey(level, literal)) {
        return levels.map(({ segment }) => segment);
      }
    } else if (character === '{') {
      levels.push({ keys: new Set(), segment: '' });
    } else if (character === '[') {
      levels.push({ keys: undefined, segment: 0 });
    } else if (character === '}' || character === ']') {
      levels.pop();
    } else if (character === ',' && typeof level?.segment === 'number') {
      level.segment += 1;
    }
  }
  return undefined;
};
