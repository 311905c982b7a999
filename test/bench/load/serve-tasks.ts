import { createInterface } from 'node:readline';

/** Does the tasks on the standard input one after the other, and ends with it. */
export async function serveTasks<Task>(work: (task: Task) => Promise<unknown>, close: () => Promise<void>) {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await answerTo(() => work(JSON.parse(line)));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await close();
}

async function answerTo(work: () => Promise<unknown>): Promise<object> {
  // What earlier tasks have left is not collected at the expense of this one.
  globalThis.gc?.();
  try {
    return { ok: true, value: (await work()) ?? null };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
