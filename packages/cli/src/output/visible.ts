/**
 * Characters that stand for nothing and change what a person sees of the others: controls but for tabs, line ends and
 * colours, and what turns the direction of writing.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it finds.
const INVISIBLE = /\u001b(?!\[\d+m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\p{Bidi_Control}/gu;

/** The line with each of these as JSON writes it: what is JSON stays JSON that says the same. */
export function visible(line: string): string {
  return line.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
