import type { Terminal } from './terminal.ts';

const BAR_COLUMNS = 30;
const REDRAW_EVERY_MS = 100;
const LINES_WITHOUT_TERMINAL = 10;

/** Shows how far a piece of work is: a bar that is redrawn where a person looks, a line per tenth elsewhere. */
export interface Progress {
  step(): void;
  /** A line between two states of the bar. */
  note(line: string): void;
  done(): void;
}

export const bar = (share: number, columns: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return '█'.repeat(filled) + '░'.repeat(columns - filled);
};

const redrawn = (title: string, total: number, now: () => number): Progress => {
  let count = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    drawnAt = now();
    process.stderr.write(`\r\u001B[2K${title.padEnd(22)} ${bar(count / total, BAR_COLUMNS)} ${count}/${total}`);
  };
  return {
    step: () => {
      count += 1;
      if (now() - drawnAt >= REDRAW_EVERY_MS) {
        draw();
      }
    },
    note: (line) => {
      process.stderr.write(`\r\u001B[2K${line}\n`);
      draw();
    },
    done: () => {
      draw();
      process.stderr.write('\n');
    },
  };
};

const inLines = (title: string, total: number, terminal: Terminal): Progress => {
  const every = Math.max(1, Math.ceil(total / LINES_WITHOUT_TERMINAL));
  let count = 0;
  return {
    step: () => {
      count += 1;
      if (count % every === 0 || count === total) {
        terminal.say(`${title}: ${count} of ${total}`);
      }
    },
    note: (line) => terminal.say(line),
    done: () => {},
  };
};

export const showProgress = (terminal: Terminal, title: string, total: number): Progress =>
  terminal.isInteractive ? redrawn(title, total, () => performance.now()) : inLines(title, total, terminal);
