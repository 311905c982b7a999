import { parseSync, Visitor } from 'oxc-parser';
import type { SourceFile } from './source-file.ts';

export interface Import {
  readonly specifier: string;
  /** Erased before the code runs: `import type`, `export type … from`, `import('…').T` in a type. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Every module a file names, static or dynamic. Computed specifiers cannot be judged and are left out. */
export function importsOf(file: SourceFile): Import[] {
  const { program, errors } = parseSync(file.path, file.text);
  const error = errors[0];
  if (error !== undefined) {
    throw new Error(`${file.path} cannot be parsed: ${error.message}`);
  }
  const imports: Import[] = [];
  const add = (source: { value?: unknown; start: number } | null, typeOnly: boolean): void => {
    if (typeof source?.value === 'string') {
      imports.push({ specifier: source.value, typeOnly, line: lineAt(file.text, source.start) });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source as { value?: unknown; start: number }, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(program);
  return imports;
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
