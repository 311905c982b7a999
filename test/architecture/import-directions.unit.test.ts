import { describe, expect, it } from 'vitest';
import { wrongImports } from './directions.ts';
import { readSourceFiles } from './source-file.ts';

function faults(path: string, text: string): string[] {
  return wrongImports({ path, text }).map((line) => line.slice(line.indexOf("'")));
}

describe('import directions', () => {
  it('hold in every source file', () => {
    const files = readSourceFiles();
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(wrongImports)).toEqual([]);
  });

  it.each([
    ['packages/domain/src/a.ts', "import { z } from '@fleetbook/contracts';", 'is not for packages/domain'],
    ['packages/domain/src/a.ts', "import { z } from 'zod';", 'makes the domain depend on something outside it'],
    ['packages/domain/src/a.ts', "import type { X } from 'node:fs';", 'makes the domain depend on something'],
    ['packages/contracts/src/a.ts', "import { X } from '@fleetbook/event-log';", 'is not for packages/contracts'],
    [
      'packages/event-log/src/port.ts',
      "import { X } from '@fleetbook/domain';",
      "types only in packages/event-log: write 'import type'",
    ],
    ['packages/event-log/src/port.ts', "import { X } from './jetstream/a.ts';", 'makes the port depend on an adapter'],
    [
      'packages/event-log/src/memory/a.ts',
      "import { X } from '../jetstream/a.ts';",
      'makes one adapter depend on another',
    ],
    ['packages/event-log/src/memory/a.ts', "import { connect } from 'nats';", 'is for its adapter only'],
    ['packages/event-log/src/jetstream/a.ts', "import { X } from '@eventstore/db-client';", 'is for its adapter only'],
    ['packages/tracker/src/a.ts', "import { X } from '@fleetbook/messaging';", 'is not for packages/tracker'],
    ['packages/tracker/src/a.ts', "import { X } from '@fleetbook/event-log/jetstream';", 'is not for packages/tracker'],
    [
      'packages/tracker/src/a.ts',
      "import { X } from '../../domain/src/a.ts';",
      'reaches into the files of another package',
    ],
    ['packages/tracker/src/a.ts', "import { it } from 'vitest';", 'is for tests only'],
    ['packages/client/src/a.ts', "import { X } from '@fleetbook/operations';", 'is not for packages/client'],
    ['packages/client/src/a.ts', "const nats = await import('nats');", 'is for its adapter only'],
    [
      'packages/reference/src/a.ts',
      "import { X } from '@fleetbook/contracts';",
      'is for types only in packages/reference',
    ],
    ['packages/cli/src/claim.ts', "import { fold } from '@fleetbook/reference';", 'is for tests, demo and verify only'],
    ['packages/cli/src/up.ts', "import '@fleetbook/tracker-service';", 'is a service: start it as a process'],
    ['services/tracker/src/main.ts', "import { X } from '@fleetbook/cli';", 'is not for services/tracker'],
    [
      'services/tracker/src/main.ts',
      "export * from '../../projector/src/main.ts';",
      'reaches into the files of another',
    ],
    ['packages/unheard/src/a.ts', "import { X } from '@fleetbook/domain';", "'packages/unheard' is not in the table"],
    [
      'test/e2e/a.e2e.test.ts',
      "import { X } from '../../packages/domain/src/a.ts';",
      'reaches into the files of another',
    ],
  ])('refuse in %s: %s', (path, text, fault) => {
    expect(faults(path, text)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    ['packages/contracts/src/a.ts', "import type { X } from '@fleetbook/domain';"],
    ['packages/contracts/src/a.ts', "type X = import('@fleetbook/domain').X;"],
    ['packages/event-log/src/jetstream/a.ts', "import { connect } from 'nats'; import { X } from '../port.ts';"],
    ['packages/tracker/src/a.ts', "import { X } from '@fleetbook/event-log'; import { y } from './b.ts';"],
    [
      'packages/tracker/src/a.unit.test.ts',
      "import { fold } from '@fleetbook/reference'; import { it } from 'vitest';",
    ],
    ['packages/cli/src/demo/digests.ts', "import { fold } from '@fleetbook/reference';"],
    [
      'services/tracker/src/main.ts',
      "import { X } from '@fleetbook/event-log/eventstoredb'; import { y } from 'node:fs';",
    ],
  ])('allow in %s: %s', (path, text) => {
    expect(faults(path, text)).toEqual([]);
  });

  it('name the file and the line', () => {
    const text = "// a comment\n\nimport { connect } from 'nats';\n";
    expect(wrongImports({ path: 'packages/client/src/a.ts', text })).toEqual([
      "packages/client/src/a.ts:3: 'nats' is for its adapter only",
    ]);
  });
});
