import type { Task } from './scheduler.ts';

/** Tasks, the one due first on top. */
export class TaskHeap {
  readonly #tasks: Task[] = [];

  push(task: Task): void {
    const tasks = this.#tasks;
    let place = tasks.push(task) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = tasks[above];
      if (parent === undefined || !isBefore(task, parent)) {
        break;
      }
      tasks[place] = parent;
      place = above;
    }
    tasks[place] = task;
  }

  pop(): Task | undefined {
    const first = this.#tasks[0];
    const last = this.#tasks.pop();
    if (last !== undefined && this.#tasks.length > 0) {
      this.#sink(last);
    }
    return first;
  }

  #sink(task: Task): void {
    const tasks = this.#tasks;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [one, other] = [tasks[left], tasks[left + 1]];
      const isOther = other !== undefined && one !== undefined && isBefore(other, one);
      const child = isOther ? other : one;
      if (child === undefined || !isBefore(child, task)) {
        break;
      }
      tasks[place] = child;
      place = isOther ? left + 1 : left;
    }
    tasks[place] = task;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.atMs === other.atMs ? one.tie < other.tie : one.atMs < other.atMs;
}
