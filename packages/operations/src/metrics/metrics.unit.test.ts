import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collectProcessMetrics } from './process-metrics.ts';
import { createMetrics } from './registry.ts';
import { definitionOf, METRICS, metricNames, metricsReference } from './table.ts';

describe('metrics', () => {
  it('shows a counter with its labels, help and type', () => {
    const metrics = createMetrics();
    const labels = { command: 'ClaimInstance', outcome: 'accepted', code: '' };
    metrics.counter('fleetbook_command_outcomes_total', labels).add();
    metrics.counter('fleetbook_command_outcomes_total', labels).add(2);
    expect(metrics.expose()).toBe(
      [
        `# HELP fleetbook_command_outcomes_total ${METRICS.fleetbook_command_outcomes_total.help}`,
        '# TYPE fleetbook_command_outcomes_total counter',
        'fleetbook_command_outcomes_total{command="ClaimInstance",outcome="accepted",code=""} 3',
        '',
      ].join('\n'),
    );
  });

  it('shows a gauge as last set', () => {
    const metrics = createMetrics();
    metrics.gauge('fleetbook_writer_epoch').set(3);
    metrics.gauge('fleetbook_writer_epoch').set(4.5);
    expect(metrics.expose()).toContain('\nfleetbook_writer_epoch 4.5\n');
  });

  it('counts a value into the first bucket whose bound is not below it, cumulatively', () => {
    const metrics = createMetrics();
    const events = metrics.histogram('fleetbook_commit_events');
    for (const value of [1, 2, 3, 300]) {
      events.observe(value);
    }
    const text = metrics.expose();
    expect(text).toContain('fleetbook_commit_events_bucket{le="1"} 1\n');
    expect(text).toContain('fleetbook_commit_events_bucket{le="2"} 2\n');
    expect(text).toContain('fleetbook_commit_events_bucket{le="4"} 3\n');
    expect(text).toContain('fleetbook_commit_events_bucket{le="256"} 3\n');
    expect(text).toContain('fleetbook_commit_events_bucket{le="+Inf"} 4\n');
    expect(text).toContain('fleetbook_commit_events_sum 306\nfleetbook_commit_events_count 4\n');
  });

  it('escapes label values', () => {
    const metrics = createMetrics();
    metrics.gauge('fleetbook_projection_healthy', { projection: 'a"b\\c\nd' }).set(1);
    expect(metrics.expose()).toContain('{projection="a\\"b\\\\c\\nd"} 1');
  });

  it('collects just before it shows', () => {
    const metrics = createMetrics();
    let lag = 1;
    metrics.onCollect(() => metrics.gauge('fleetbook_projection_lag_events', { projection: 'inventory' }).set(lag));
    lag = 7;
    expect(metrics.expose()).toContain('fleetbook_projection_lag_events{projection="inventory"} 7');
  });

  it('shows numbers that are not finite in the words of the format', () => {
    const metrics = createMetrics();
    metrics.gauge('fleetbook_commands_pending').set(Number.POSITIVE_INFINITY);
    expect(metrics.expose()).toContain('fleetbook_commands_pending +Inf');
  });

  it('shows the process itself', () => {
    const metrics = createMetrics();
    collectProcessMetrics(metrics, 'tracker', '0.1.0');
    const text = metrics.expose();
    expect(text).toContain('fleetbook_build_info{service="tracker",version="0.1.0"} 1');
    expect(text).toMatch(/process_resident_memory_bytes [1-9]\d+/);
    expect(text).toMatch(/process_cpu_seconds_total \d/);
  });

  it('does not count the time between two looks at the event loop as its delay', async () => {
    const metrics = createMetrics();
    collectProcessMetrics(metrics, 'tracker', '0.1.0');
    const look = async () => {
      await delay(100);
      return Number(/nodejs_eventloop_lag_seconds\{quantile="0.5"\} (\S+)/.exec(metrics.expose())?.[1]);
    };
    await expect.poll(look, { timeout: 5_000 }).toBeLessThan(0.009);
  });
});

describe('the table of metrics', () => {
  it.each(metricNames)('gives %s a valid name, a sentence of help and rising buckets', (name) => {
    const { type, help, labels, buckets = [] } = definitionOf(name);
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(help).toMatch(/^[^|]+\.$/);
    expect(labels.every((label) => /^[a-z]+$/.test(label))).toBe(true);
    expect(buckets.length > 0).toBe(type === 'histogram');
    expect([...buckets].sort((one, other) => one - other)).toEqual(buckets);
  });

  it('is documented as it is', async () => {
    await expect(metricsReference()).toMatchFileSnapshot('../../../../docs/reference/metrics.md');
  });
});
