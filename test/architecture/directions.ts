import { posix } from 'node:path';
import { type Import, importsOf } from './imports.ts';
import { isTestCode, type SourceFile } from './source-file.ts';

/** What the code of one package may import from the others; `types` are erased before anything runs. */
interface Directions {
  readonly code: readonly string[];
  readonly types?: readonly string[];
}

const port = ['domain', 'contracts', 'event-log', 'operations'];
const services = ['tracker', 'projector', 'projector/archive'];
const product = [
  'client',
  'contracts',
  'contracts/answers',
  'domain',
  'event-log',
  'messaging',
  'operations',
  ...services,
];
const readers = ['replay', 'workload'];
const adapters = ['event-log/memory', 'event-log/jetstream', 'event-log/eventstoredb'];

const directions: Readonly<Record<string, Directions>> = {
  'packages/domain': { code: [] },
  'packages/contracts': { code: ['domain'] },
  'packages/event-log': { code: ['contracts'], types: ['domain'] },
  'packages/messaging': { code: ['contracts'] },
  'packages/operations': { code: ['contracts'] },
  // A thread that proves a saved state imports little, so that it begins soon.
  'packages/snapshot': { code: [...port, 'domain/canonical', 'event-log/digest'] },
  'packages/tracker': { code: [...port, 'snapshot'] },
  'packages/projector': { code: [...port, 'snapshot'] },
  // It asks the live projector's own questions of a state that it folds itself, and judges as a tracker would have.
  'packages/replay': { code: [...port, 'projector/past', 'tracker/rules', 'snapshot'] },
  'packages/client': { code: ['contracts', 'messaging'], types: ['domain'] },
  'packages/reference': { code: [], types: ['contracts'] },
  'packages/workload': { code: ['contracts', 'client', 'messaging', 'operations'], types: ['domain'] },
  // A thread that reads imports little, so that it begins soon.
  'packages/service': {
    code: [...port, 'messaging', 'messaging/connection', ...adapters, 'event-log/jetstream/reading'],
  },
  'packages/cli': { code: [...product, ...readers, ...adapters, 'snapshot'] },
  services: { code: [...product, ...readers, ...adapters, 'service'] },
};

/** Client libraries, and the only places that may know them. */
const adaptersOf: Readonly<Record<string, RegExp>> = {
  nats: /^packages\/(messaging|event-log\/src\/jetstream)\//,
  '@eventstore/db-client': /^packages\/event-log\/src\/eventstoredb\//,
  '@grpc/grpc-js': /^packages\/event-log\/src\/eventstoredb\//,
};

const testLibraries = ['vitest', 'fast-check', 'testcontainers', 'oxc-parser'];

/** One line for every import that goes the wrong way. */
export function wrongImports(file: SourceFile): string[] {
  return importsOf(file).flatMap((found) => {
    const fault = judge(file.path, found);
    return fault === undefined ? [] : [`${file.path}:${found.line}: '${found.specifier}' ${fault}`];
  });
}

function judge(path: string, found: Import): string | undefined {
  if (found.specifier.startsWith('.')) {
    return judgeRelative(path, found.specifier);
  }
  if (found.specifier.startsWith('@fleetbook/')) {
    return judgePackage(path, found);
  }
  return judgeLibrary(path, found.specifier);
}

function judgeRelative(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (homeOf(target) !== homeOf(path)) {
    return 'reaches into the files of another package: import its name';
  }
  const from = adapterOf(path);
  const to = adapterOf(target);
  if (to !== undefined && to !== from && !isTestCode(path)) {
    return from === undefined ? 'makes the port depend on an adapter' : 'makes one adapter depend on another';
  }
  return undefined;
}

function judgePackage(path: string, found: Import): string | undefined {
  const name = found.specifier.slice('@fleetbook/'.length);
  const home = homeOf(path);
  if (name.includes('/src') || name.endsWith('-service')) {
    return name.endsWith('-service') ? 'is a service: start it as a process' : 'reaches behind the door of a package';
  }
  if (isTestCode(path)) {
    return undefined;
  }
  if (name === 'reference') {
    return isProof(path) ? undefined : 'is for tests, demo and verify only';
  }
  const allowed = directions[home.startsWith('services/') ? 'services' : home];
  if (allowed === undefined) {
    return `has no direction: '${home}' is not in the table of directions.ts`;
  }
  if (allowed.code.includes(name)) {
    return undefined;
  }
  if (allowed.types?.includes(name)) {
    return found.typeOnly ? undefined : `is for types only in ${home}: write 'import type'`;
  }
  return `is not for ${home}`;
}

function judgeLibrary(path: string, specifier: string): string | undefined {
  if (isTestCode(path)) {
    return undefined;
  }
  if (homeOf(path) === 'packages/domain') {
    return 'makes the domain depend on something outside it';
  }
  const library = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (testLibraries.includes(library)) {
    return 'is for tests only';
  }
  return adaptersOf[library]?.test(path) === false ? 'is for its adapter only' : undefined;
}

/** The package, service or folder a path belongs to: `packages/domain`, `services/tracker`, `test`. */
function homeOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'test' ? top : `${top}/${name}`;
}

function adapterOf(path: string): string | undefined {
  return /^packages\/event-log\/src\/(memory|jetstream|eventstoredb)\//.exec(path)?.[1];
}

/** The demo and verify compare the product with the naive reference. */
function isProof(path: string): boolean {
  return /^packages\/(cli|replay)\/.*\b(demo|verify)\b/.test(path);
}
