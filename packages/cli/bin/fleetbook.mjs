#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that a Node too old for the rest says so in one line.
const needed = 24;
const found = process.versions.node;

if (Number.parseInt(found, 10) < needed) {
  process.stderr.write(
    `fleetbook needs Node ${needed} or newer, this is ${found}: install it, or in a clone of the repository run ` +
      'npx fleetbook, which uses the Node that npm ci installed.\n',
  );
  process.exit(4);
}

// Most of the time of a short verb is reading code: every start but the first finds it compiled.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
await import('#main');
