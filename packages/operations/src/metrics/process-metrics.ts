import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Metrics } from './registry.ts';

const NANOSECONDS = 1e9;
/** Node measures the time from one look at the loop to the next: what is beyond this is delay. */
const LOOK_MS = 10;
const quantiles = [0.5, 0.99, 1] as const;

/** Adds the metrics of the process itself: build, memory, processor time, delay of the event loop. */
export function collectProcessMetrics(metrics: Metrics, service: string, version: string): void {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  const cpuSeconds = metrics.counter('process_cpu_seconds_total');
  let countedSeconds = 0;
  metrics.gauge('fleetbook_build_info', { service, version }).set(1);
  metrics.gauge('process_start_time_seconds').set(performance.timeOrigin / 1000);
  metrics.onCollect(() => {
    const { user, system } = process.cpuUsage();
    const usedSeconds = (user + system) / 1e6;
    cpuSeconds.add(usedSeconds - countedSeconds);
    countedSeconds = usedSeconds;
    const memory = process.memoryUsage();
    metrics.gauge('process_resident_memory_bytes').set(memory.rss);
    metrics.gauge('nodejs_heap_used_bytes').set(memory.heapUsed);
    for (const quantile of quantiles) {
      const seconds = delay.count === 0 ? 0 : delay.percentile(quantile * 100) / NANOSECONDS;
      const lag = Math.max(0, seconds - LOOK_MS / 1_000);
      metrics.gauge('nodejs_eventloop_lag_seconds', { quantile: String(quantile) }).set(lag);
    }
    delay.reset();
  });
}
