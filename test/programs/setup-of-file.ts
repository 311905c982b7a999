// Loaded before each file of end-to-end tests: no command outlives the file that started it, whatever failed.

import { endCellsHere } from '@fleetbook/cli/testing';
import { endCommands } from '@fleetbook/cli/testing/command';
import { afterAll } from 'vitest';

afterAll(() => Promise.all([endCommands(), endCellsHere()]));
