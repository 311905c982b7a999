import { JSON_FLAG, LOG_FLAGS, switchFlag, textFlag, WRITE_FLAGS, wholeFlag } from '../flags.ts';
import type { Flag, Verb } from '../verb.ts';

const ACTOR_FLAG = textFlag('actor', 'ID', 'the operator who answers for it (default your login name)');

/** Reading a whole log takes as long as it takes. */
const MENDING_FLAGS: readonly Flag[] = LOG_FLAGS.filter(({ name }) => name !== 'timeout').map((flag) =>
  flag.name === 'data' ? { ...flag, about: 'the data directory of the log, also when nothing runs on it' } : flag,
);

/** Of the data directory whose trackers are meant. */
const SNAPSHOT_FLAGS: readonly Flag[] = MENDING_FLAGS.filter(({ name }) => ['data', 'cell'].includes(name));

/** Copies of the log, and what is done when it has lost events. */
export const RECOVERY_VERBS: readonly Verb[] = [
  {
    words: 'log recover',
    group: 'log',
    about: 'bring lost events back from an archive or a backup, or give them up',
    notes: [
      'Only while no tracker is in office: stop the services first, and name the data directory.',
      '--from appends what the copy has beyond the end of the log, byte for byte, where both agree up to there, and',
      'nothing otherwise. --accept-loss lets the log go on under a new history without what is missing: it says first',
      'which events are known to be lost, and afterwards every node owes a complete guest report. Where none are,',
      'it changes nothing.',
      'Exit 0 when it is done or there is nothing to do, 4 while a tracker is in office, 5 when the copy does not fit.',
    ],
    flags: [
      textFlag('from', 'DIR', 'an archive (FLEETBOOK_ARCHIVE_DIRECTORY) or a backup'),
      switchFlag('accept-loss', 'give up what is missing'),
      textFlag('reason', 'TEXT', 'why it is given up; it stays in the log'),
      wholeFlag('lost-to', 1, Number.MAX_SAFE_INTEGER, 'the last event that a service elsewhere knows to be lost'),
      switchFlag('dry-run', 'say what would be done, change nothing'),
      switchFlag('yes', 'required to write'),
      ACTOR_FLAG,
      ...MENDING_FLAGS,
      JSON_FLAG,
    ],
    example: 'fleetbook log recover --from /mnt/archive --data .fleetbook --yes',
    load: async () => (await import('../../verbs/log-recover.ts')).logRecover,
  },
  {
    words: 'checkpoint revoke',
    group: 'log',
    about: 'hold nobody any more to a digest that the log states',
    notes: [
      'For a checkpoint that health calls suspect, once it is known why it was wrong: the inventory stays as it is,',
      'what vouches for it is gone. EVENT is the number that health names.',
    ],
    positionals: [{ name: 'EVENT' }],
    flags: [textFlag('reason', 'TEXT', 'why; it stays in the log'), switchFlag('yes', 'required'), ...WRITE_FLAGS],
    example: "fleetbook checkpoint revoke 131072 --reason 'memory of writer-2' --yes",
    load: async () => (await import('../../verbs/checkpoint-revoke.ts')).checkpointRevoke,
  },
  {
    words: 'snapshot list',
    group: 'operate',
    about: 'the saved states that trackers on a data directory begin with',
    notes: [
      'Reads the files alone, also while the services run. Whether the log still holds what a snapshot ends with is',
      'found out when a tracker starts. Exit 0, also when there are none; 1 when one of them cannot be used.',
    ],
    flags: [...SNAPSHOT_FLAGS, JSON_FLAG],
    example: 'fleetbook snapshot list --data .fleetbook',
    load: async () => (await import('../../verbs/snapshot-list.ts')).snapshotList,
  },
  {
    words: 'snapshot create',
    group: 'operate',
    about: 'save the state at the end of the log, for the next start of a tracker',
    notes: [
      'Folds the log in this process, from the newest snapshot that can be used, and saves the result beside it: no',
      'tracker is asked, and none waits. The newest snapshot before it is kept, older ones go.',
    ],
    flags: [...SNAPSHOT_FLAGS, JSON_FLAG],
    example: 'fleetbook snapshot create --data .fleetbook',
    load: async () => (await import('../../verbs/snapshot-create.ts')).snapshotCreate,
  },
  {
    words: 'backup create',
    group: 'operate',
    about: 'copy the whole log into a directory, while the services run',
    notes: [
      'Reads and verifies every commit, writes it byte for byte, reads the files back, and writes manifest.json last:',
      'without it the directory is no backup yet, and the same command goes on where it ended.',
    ],
    flags: [textFlag('to', 'DIR', 'a new directory, or that of an unfinished backup'), ...MENDING_FLAGS, JSON_FLAG],
    example: 'fleetbook backup create --to /mnt/backups/monday',
    load: async () => (await import('../../verbs/backup-create.ts')).backupCreate,
  },
  {
    words: 'backup check',
    group: 'operate',
    about: 'prove a backup or an archive: numbers, hash chain, files and digest',
    notes: ['Exit 0 when it is sound, 5 when it is damaged: then the first bad event is named.'],
    positionals: [{ name: 'DIR' }],
    flags: [JSON_FLAG],
    example: 'fleetbook backup check /mnt/backups/monday',
    load: async () => (await import('../../verbs/backup-check.ts')).backupCheck,
  },
  {
    words: 'backup restore',
    group: 'operate',
    about: 'put a backup into an empty place, where it goes on as a new history',
    notes: [
      'Every commit is appended byte for byte; then HistoryForked records that the log goes on without what came',
      'after, and every node owes a complete guest report. Exit 3 when the log there is not empty.',
    ],
    positionals: [{ name: 'DIR' }],
    flags: [
      textFlag('reason', 'TEXT', 'why it is restored; it stays in the log'),
      switchFlag('dry-run', 'check the backup, change nothing'),
      switchFlag('yes', 'required to write'),
      ACTOR_FLAG,
      ...MENDING_FLAGS,
      JSON_FLAG,
    ],
    example: 'fleetbook backup restore /mnt/backups/monday --data .fleetbook --yes',
    load: async () => (await import('../../verbs/backup-restore.ts')).backupRestore,
  },
];
