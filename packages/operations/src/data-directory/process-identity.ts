import { readFileSync } from 'node:fs';

/** A process. Its number may be another's later: its start tells the two apart where the system shows it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot; 0 where the system does not show it. */
  readonly startTicks: number;
  /** The boot the ticks count from; empty where the system does not show it. */
  readonly boot: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: procStat(pid)?.startTicks ?? 0, boot: readText('/proc/sys/kernel/random/boot_id').trim() };
}

/** Whether this very process still runs; a zombie does not. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (!hasProcess(identity.pid)) {
    return false;
  }
  const now = identityOf(identity.pid);
  if (identity.boot !== now.boot) {
    return false;
  }
  const isZombie = procStat(identity.pid)?.state === 'Z';
  return !isZombie && (identity.startTicks === 0 || identity.startTicks === now.startTicks);
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function procStat(pid: number): { readonly state: string; readonly startTicks: number } | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === '') {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold anything, also brackets and blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTicks: Number(fields[19] ?? 0) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
