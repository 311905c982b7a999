import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const RETRY_MS = 10;
const LINE_END = 0x0a;

/**
 * Takes every line and never throws: of a line that the stream refuses, as on a full disk, only the number is kept.
 * `onResumed` is told how many were lost, and why the last of them, once a line is written again.
 */
export class LossyOutput implements DestinationStream {
  readonly #stream: DestinationStream;
  readonly #onResumed: (lost: number, reason: unknown) => void;
  #lost = 0;
  #reason: unknown;

  constructor(stream: DestinationStream, onResumed: (lost: number, reason: unknown) => void) {
    this.#stream = stream;
    this.#onResumed = onResumed;
  }

  write(line: string): void {
    try {
      this.#stream.write(line);
    } catch (error) {
      this.#lost += 1;
      this.#reason = error;
      return;
    }
    if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#onResumed(lost, this.#reason);
    }
  }
}

/**
 * Writes a line before it returns: one still in flight when the process ends would be lost, or come after later ones.
 * Throws what the system says of one that cannot be written.
 */
export class DescriptorOutput implements DestinationStream {
  readonly #descriptor: number;
  #isWithinLine = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(line: string): void {
    // The disk may have had room for a part of the line before.
    let rest = Buffer.from(this.#isWithinLine ? `\n${line}` : line);
    while (rest.length > 0) {
      const written = writeSome(this.#descriptor, rest);
      this.#isWithinLine = rest[written - 1] !== LINE_END;
      rest = rest.subarray(written);
    }
  }
}

/** The number of bytes that were taken; waits for the reader of a pipe that is full. */
function writeSome(descriptor: number, bytes: Buffer): number {
  for (;;) {
    try {
      return writeSync(descriptor, bytes);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
