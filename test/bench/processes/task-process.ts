import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TaskAnswer } from '../load/tasks.ts';
import { PAUSES_FILE_VARIABLE, RECORD_PAUSES } from './pauses.ts';

/** A process of the benchmark that does tasks, one line of JSON each, and ends when it is told no more. */
export interface TaskProcess {
  readonly pid: number;
  /** Rejects with what the process says went wrong. */
  run<Value>(task: object): Promise<Value>;
  /** Whatever it is in the middle of is not waited for. */
  stop(): Promise<void>;
}

/** It writes its pauses down in `pausesFile`. */
export function startTaskProcess(entry: string, pausesFile: string, flags: readonly string[] = []): TaskProcess {
  const child = spawn(process.execPath, ['--expose-gc', ...flags, ...RECORD_PAUSES, entry], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, [PAUSES_FILE_VARIABLE]: pausesFile },
  });
  const { stdin, stdout, pid } = child;
  if (pid === undefined) {
    throw new Error(`${entry} could not be started`);
  }
  const ended = endOf(child);
  // Whoever waits for an answer hears that it has ended.
  stdin.on('error', () => undefined);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let underWay = 0;
  return {
    pid,
    run: async <Value>(task: object): Promise<Value> => {
      stdin.write(`${JSON.stringify(task)}\n`);
      underWay += 1;
      const line = await lines.next();
      underWay -= 1;
      if (line.done === true) {
        throw new Error(`${entry} ended in the middle of its task`);
      }
      const answer: TaskAnswer<Value> = JSON.parse(line.value);
      if (!answer.ok) {
        throw new Error(answer.reason);
      }
      return answer.value;
    },
    stop: async () => {
      stdin.end();
      if (underWay > 0) {
        child.kill('SIGKILL');
      }
      await ended;
    },
  };
}

export function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
