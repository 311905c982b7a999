import { runProgram } from '@fleetbook/service';
import manifest from '../package.json' with { type: 'json' };
import { start } from './start.ts';

await runProgram({ name: 'tracker', version: manifest.version }, start);
