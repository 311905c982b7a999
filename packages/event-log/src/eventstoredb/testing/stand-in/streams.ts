/** An event as the stand-in keeps it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly customMetadata: Uint8Array;
}

export type AppendOutcome =
  | { readonly status: 'success'; readonly lastRevision: number }
  /** `currentRevision` −1: the stream does not exist. */
  | { readonly status: 'wrong-expected-version'; readonly currentRevision: number };

/** The streams of the stand-in, in memory. A stream without events does not exist. */
export interface Streams {
  events(stream: string): readonly StoredEvent[];
  /** Revision −1 stands for a stream that does not exist. */
  append(stream: string, expectedRevision: number, events: readonly StoredEvent[]): AppendOutcome;
  /** Puts other events in the place of those that are there. */
  replace(stream: string, events: readonly StoredEvent[]): void;
  /** Calls `listener` after every change of a stream, until the returned function is called. */
  watch(listener: () => void): () => void;
}

export function createStreams(): Streams {
  const streams = new Map<string, StoredEvent[]>();
  const listeners = new Set<() => void>();

  function eventsOf(stream: string): StoredEvent[] {
    return streams.get(stream) ?? [];
  }

  function replace(stream: string, events: readonly StoredEvent[]): void {
    streams.set(stream, [...events]);
    notify();
  }

  function notify(): void {
    for (const listener of listeners) {
      listener();
    }
  }

  return {
    events: eventsOf,
    append(stream, expectedRevision, events) {
      const stored = eventsOf(stream);
      if (expectedRevision === stored.length - 1) {
        stored.push(...events);
        streams.set(stream, stored);
        notify();
        return { status: 'success', lastRevision: stored.length - 1 };
      }
      const isRepeat = events.every(({ id }, index) => stored[expectedRevision + 1 + index]?.id === id);
      return isRepeat
        ? { status: 'success', lastRevision: expectedRevision + events.length }
        : { status: 'wrong-expected-version', currentRevision: stored.length - 1 };
    },
    replace,
    watch(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
