import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const folders = '{packages,services,test}';

export default defineConfig({
  test: {
    maxWorkers: Math.max(1, Math.min(2, availableParallelism())),
    passWithNoTests: true,
    projects: [
      { extends: true, test: { name: 'unit', include: [`${folders}/**/*.{unit,prop}.test.ts`] } },
      { extends: true, test: { name: 'contract', include: [`${folders}/**/*.contract.test.ts`] } },
      { extends: true, test: { name: 'integration', include: [`${folders}/**/*.int.test.ts`] } },
      { extends: true, test: { name: 'e2e', include: [`${folders}/**/*.e2e.test.ts`] } },
      { extends: true, test: { name: 'simulation', include: [`${folders}/**/*.sim.test.ts`] } },
      { extends: true, test: { name: 'model', include: [`${folders}/**/*.model.test.ts`] } },
    ],
  },
});
