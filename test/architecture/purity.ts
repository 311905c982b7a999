import { parseSync, Visitor } from 'oxc-parser';
import { lineAt } from './imports.ts';
import { isTestCode, type SourceFile } from './source-file.ts';

/** Globals that know the time, chance, the machine or the outside world. */
const impureGlobals = new Set([
  ...['Date', 'Temporal', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['crypto', 'process', 'console', 'fetch', 'globalThis', 'global', 'require', 'WebSocket', 'Worker'],
  ...['Intl', 'WeakRef', 'FinalizationRegistry'],
]);

/** Members whose answer is by chance or depends on the machine's language. */
const impureMembers = new Set([
  ...['localeCompare', 'toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase', 'toLocaleDateString'],
]);

/**
 * The domain's answers depend on state, command and `at` alone, so that any replay gives them again.
 * One line for every use of something that would break that.
 */
export function impurities(file: SourceFile): string[] {
  if (!file.path.startsWith('packages/domain/src/') || isTestCode(file.path)) {
    return [];
  }
  const found: { name: string; start: number }[] = [];
  const keys = new Set<number>();
  new Visitor({
    MemberExpression(node) {
      const { object, property } = node;
      if (!node.computed && property.type === 'Identifier') {
        keys.add(property.start);
        const random = object.type === 'Identifier' && object.name === 'Math' && property.name === 'random';
        if (random || impureMembers.has(property.name)) {
          found.push({ name: random ? 'Math.random' : property.name, start: property.start });
        }
      }
    },
    Property: (node) => {
      if (!node.computed && !node.shorthand) {
        keys.add(node.key.start);
      }
    },
    TSPropertySignature: (node) => void keys.add(node.key.start),
    TSMethodSignature: (node) => void keys.add(node.key.start),
    Identifier(node) {
      if (impureGlobals.has(node.name) && !keys.has(node.start)) {
        found.push({ name: node.name, start: node.start });
      }
    },
    MetaProperty: (node) => void found.push({ name: `${node.meta.name}.${node.property.name}`, start: node.start }),
    AwaitExpression: (node) => void found.push({ name: 'await', start: node.start }),
  }).visit(parseSync(file.path, file.text).program);
  return found.map(({ name, start }) => `${file.path}:${lineAt(file.text, start)}: ${name} is not pure`);
}
