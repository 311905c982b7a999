const CAPACITY = 8_192;

const texts = new Map<string, string>();

/**
 * One string for equal texts, so that a million claims of one flavor share its request text.
 * Module state is safe here: strings have no identity, so nobody can tell an interned text from its equal,
 * and emptying the table when it is full costs memory only.
 */
export const intern = (text: string): string => {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= CAPACITY) texts.clear();
  texts.set(text, text);
  return text;
};
