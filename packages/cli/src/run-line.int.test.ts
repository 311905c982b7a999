import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runLine } from './run-line.ts';

const INCIDENT = fileURLToPath(new URL('../../../docs/incidents/shrunken-inventory.incident', import.meta.url));

const silent = {
  print: () => undefined,
  say: () => undefined,
  readInput: async () => Buffer.alloc(0),
  isInteractive: false,
  hasColour: false,
  columns: 80,
};

it.each(['events', 'events --follow', 'timeline node host-1', 'timeline node host-1 --follow'])(
  '%s ends at once when it is interrupted, whatever it waits for',
  async (words) => {
    const code = await runLine([...words.split(' '), '--data', INCIDENT], {
      ...{ terminal: silent, environment: {}, directory: '/' },
      stop: AbortSignal.abort(),
      interrupted: Promise.resolve({ exitCode: 130 }),
    });
    expect(code).toBe(130);
  },
);
