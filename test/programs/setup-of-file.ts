// Loaded before each file of end-to-end tests: no command outlives the file that started it, whatever failed.

import { endCommands } from '@fleetbook/cli/testing/command';
import { afterAll } from 'vitest';

afterAll(endCommands);
