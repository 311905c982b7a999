import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { REFERENCE_DIRECTORY, referenceFiles, SCHEMA_DIRECTORY } from './files.ts';

rmSync(SCHEMA_DIRECTORY, { recursive: true, force: true });
for (const [path, text] of referenceFiles()) {
  const file = new URL(path, REFERENCE_DIRECTORY);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
