import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A source file by its path from the root of the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const skippedFolders = ['node_modules', 'dist', 'data'];

export function readSourceFiles(): SourceFile[] {
  return globSync('{packages,services,test}/**/*.{ts,mts,mjs}', { cwd: root, exclude: isSkipped }).map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

function isSkipped(path: string): boolean {
  return skippedFolders.some((folder) => path === folder || path.endsWith(`/${folder}`));
}

/** Tests, the suites and helpers they share, and everything under `test/`: code that no service runs. */
export function isTestCode(path: string): boolean {
  return path.startsWith('test/') || /\.test\.ts$|\.contract\.ts$|\/testing\//.test(path);
}
