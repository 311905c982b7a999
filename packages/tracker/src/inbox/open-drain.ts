import type { CommandInbox } from '@fleetbook/event-log';
import { noteChanges } from '../office/writer-state.ts';
import type { TrackerSettings } from '../settings.ts';
import { InboxDrain, type InboxDrainOptions } from './inbox-drain.ts';

type OpenDrainOptions = Omit<InboxDrainOptions, 'inbox' | 'settings' | 'writer' | 'onChanges'> & {
  readonly inbox?: CommandInbox;
  readonly settings: Pick<TrackerSettings, 'commandInbox' | 'writer'>;
};

/** Begins to work off the inbox; undefined for a tracker without one. */
export function openDrain({ inbox, settings, ...options }: OpenDrainOptions): InboxDrain | undefined {
  if (inbox === undefined) {
    return undefined;
  }
  const { commandInbox, writer } = settings;
  const onChanges: InboxDrainOptions['onChanges'] = (changes) => noteChanges(options.state, changes);
  return new InboxDrain({ ...options, inbox, settings: commandInbox, writer, onChanges });
}
