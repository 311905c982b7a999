import { ASK_VERBS } from './table/ask.ts';
import { INBOX_VERBS } from './table/inbox.ts';
import { INSTANCE_VERBS } from './table/instance.ts';
import { MOVE_VERBS } from './table/move.ts';
import { NODE_VERBS } from './table/node.ts';
import { NODE_SETTINGS_VERBS } from './table/node-settings.ts';
import { RECOVERY_VERBS } from './table/recovery.ts';
import { REPLAY_VERBS } from './table/replay.ts';
import { REPORT_VERBS } from './table/report.ts';
import { RUN_VERBS } from './table/run.ts';
import type { Verb } from './verb.ts';

/** Every verb there is. Help, completion, the reference page and the parser are made from it. */
export const VERBS: readonly Verb[] = [
  ...RUN_VERBS,
  ...NODE_VERBS,
  ...NODE_SETTINGS_VERBS,
  ...INSTANCE_VERBS,
  ...REPORT_VERBS,
  ...MOVE_VERBS,
  ...ASK_VERBS,
  ...REPLAY_VERBS,
  ...INBOX_VERBS,
  ...RECOVERY_VERBS,
];
