import type { StateBefore } from '@fleetbook/replay';

/** What a stretch of a log begins with, and what vouches for it. */
export function stateBeforeText({ number, proof, savedAt }: StateBefore): string {
  const bound = `from a snapshot at event ${savedAt}, bound by commit hash`;
  switch (proof) {
    case 'log':
      return `at event ${number}, from every event before it`;
    case 'snapshot':
      return `at event ${number}, ${bound}`;
    case 'checkpoint':
      return `at event ${number}, ${bound} and by the digest of a checkpoint`;
  }
}

/** What of a log nobody looked at. */
export function unreadFacts(commits: number, last: number): readonly (readonly [string, string])[] {
  return commits > 0 ? [['not read', `${commits.toLocaleString('en-US')} commits after event ${last}`]] : [];
}
