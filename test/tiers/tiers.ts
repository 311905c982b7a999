/** A tier is a kind of test: the suffix of a file's name puts it into one, anywhere in the repository. */
export interface Tier {
  readonly name: string;
  readonly suffixes: readonly string[];
  /** What the whole tier may take on two cores; the runner warns beyond it. */
  readonly budgetSeconds: number;
  /** Ends what hangs. No measure: a test takes several times as long on a machine with other work. */
  readonly testTimeoutMs: number;
  /** Two on two cores; more where tests mostly wait for other processes. */
  readonly filesAtATime: number;
  /** Module that is run once before its files. */
  readonly setup?: string;
  /** Module that is run before each of its files. */
  readonly setupOfFile?: string;
}

export const tiers: readonly Tier[] = [
  { name: 'unit', suffixes: ['unit', 'prop'], budgetSeconds: 60, testTimeoutMs: 120_000, filesAtATime: 2 },
  { name: 'contract', suffixes: ['contract'], budgetSeconds: 60, testTimeoutMs: 120_000, filesAtATime: 2 },
  { name: 'integration', suffixes: ['int'], budgetSeconds: 60, testTimeoutMs: 120_000, filesAtATime: 2 },
  {
    ...{ name: 'e2e', suffixes: ['e2e'], budgetSeconds: 90, testTimeoutMs: 240_000, filesAtATime: 4 },
    ...{ setup: 'test/programs/global-setup.ts', setupOfFile: 'test/programs/setup-of-file.ts' },
  },
  { name: 'simulation', suffixes: ['sim'], budgetSeconds: 60, testTimeoutMs: 120_000, filesAtATime: 2 },
  { name: 'model', suffixes: ['model'], budgetSeconds: 60, testTimeoutMs: 120_000, filesAtATime: 2 },
];

export function filePatterns(tier: Tier): string[] {
  return tier.suffixes.map((suffix) => `{packages,services,test}/**/*.${suffix}.test.ts`);
}
