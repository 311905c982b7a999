import { enableCompileCache } from 'node:module';
import manifest from '../package.json' with { type: 'json' };

// Most of the time of a start is reading code: every start but the first finds it compiled.
enableCompileCache();
const { runProgram } = await import('@fleetbook/service');
const { start } = await import('./start.ts');

await runProgram({ name: 'projector', version: manifest.version }, start);
