import { statSync } from 'node:fs';

/** Whether two paths lead to one file, whatever it is called. False where there is none. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statOf(path));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function statOf(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
