// Plain JavaScript that any Node can read. Entry points load it before anything else
// (`node --import …/require-node.mjs main.ts`, or the first import of a launcher), so that a Node too old
// to read TypeScript says so in one line instead of failing on the syntax.
const needed = 24;
const found = process.versions.node;

if (Number.parseInt(found, 10) < needed) {
  process.stderr.write(
    `Node ${needed} or newer is needed, this is ${found}: run it through npm (npm test, npm run …), ` +
      `which finds the Node ${needed} that npm ci installed, or install Node ${needed}.\n`,
  );
  process.exit(4);
}
