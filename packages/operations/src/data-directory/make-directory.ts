import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory with its parents; it may be there already. Throws what the system says: Node's own way of making
 * parents never ends in a place that denies that they exist, such as /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  const missing: string[] = [];
  let present = resolve(path);
  while (!(await isThere(present)) && present !== dirname(present)) {
    missing.unshift(present);
    present = dirname(present);
  }
  for (const directory of missing) {
    await makeUnlessThere(directory);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return false;
    }
    throw error;
  }
}

async function makeUnlessThere(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw error;
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
