import { readFileSync } from 'node:fs';

/** Of Linux, whatever the machine: the kernel counts for programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const KIB_PER_MB = 1_024;

export interface Accounts {
  /** Processor time used so far, user and system. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** What the system's books say of a process; zeros where it has no `/proc`. */
export function accountsOf(pid: number): Accounts {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const residentKib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpuSeconds: (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND,
      residentMb: Math.round(Number(residentKib ?? 0) / KIB_PER_MB),
    };
  } catch {
    return { cpuSeconds: 0, residentMb: 0 };
  }
}
