import { errorPage } from './error-page.ts';
import { jsonSchemas } from './json-schemas.ts';
import { permissionPage } from './permission-page.ts';
import { stateMachinePage } from './state-machine-page.ts';

/** Where the generated pages are kept. */
export const REFERENCE_DIRECTORY = new URL('../../../../docs/reference/', import.meta.url);

export const SCHEMA_DIRECTORY = new URL('schemas/', REFERENCE_DIRECTORY);

/** Text of every generated file, by its path below `docs/reference`. */
export const referenceFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['errors.md', errorPage()],
    ['permissions.md', permissionPage()],
    ['state-machines.md', stateMachinePage()],
    ...[...jsonSchemas()].map(
      ([path, schema]) => [`schemas/${path}`, `${JSON.stringify(schema, undefined, 2)}\n`] as const,
    ),
  ]);
