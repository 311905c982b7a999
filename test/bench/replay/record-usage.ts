// Read before a program: when that ends, it writes down what the program took, for whoever started it.
import { writeFileSync } from 'node:fs';

const KIB_PER_MIB = 1_024;
const path = process.env['BENCH_USAGE_FILE'];
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = {
    cpuMs: Math.round((userCPUTime + systemCPUTime) / 1_000),
    memoryMb: Math.round(maxRSS / KIB_PER_MIB),
  };
  if (path !== undefined) {
    writeFileSync(path, JSON.stringify(usage));
  }
});
