import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { manualClock, memoryLogger } from './testing/index.ts';

it('writes one JSON line with the fixed fields, the constant message and the facts', () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'tracker',
    version: '0.1.0',
    serviceInstanceId: 'one',
    level: 'info',
    output: { write: (line) => void lines.push(line) },
    clock: manualClock(1_800_000_000_123),
  });
  logger.info('command answered', { commandId: 'c', durationMs: 3 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: 1_800_000_000_123,
    service: 'tracker',
    version: '0.1.0',
    serviceInstanceId: 'one',
    commandId: 'c',
    durationMs: 3,
    message: 'command answered',
  });
  expect(lines[0]?.endsWith('\n')).toBe(true);
});

it('writes nothing below its level', () => {
  const logger = memoryLogger('warn');
  logger.info('quiet');
  logger.warn('heard');
  expect(logger.lines.map((line) => line['message'])).toEqual(['heard']);
});

it('gives a child its own facts', () => {
  const logger = memoryLogger();
  logger.child({ cell: 'main' }).child({ epoch: 3 }).error('stopped', { errCode: 'LOG_WENT_BACK' });
  expect(logger.lines[0]).toMatchObject({ cell: 'main', epoch: 3, errCode: 'LOG_WENT_BACK', level: 'error' });
});

it('never writes a secret', () => {
  const logger = memoryLogger();
  logger.info('connecting', { password: 'hunter2', nats: { natsPassword: 'hunter2', seed: 'hunter2' } });
  logger.child({ connectionString: 'esdb://a:hunter2@b' }).info('connected');
  expect(JSON.stringify(logger.lines)).not.toContain('hunter2');
  expect(logger.lines[0]).toMatchObject({ password: '[redacted]' });
});

it('writes an error with its cause', () => {
  const logger = memoryLogger();
  logger.error('failed', { err: new Error('outer', { cause: new Error('inner') }) });
  expect(logger.lines[0]).toMatchObject({ err: { message: 'outer', cause: { message: 'inner' } } });
});

it('drops what cannot be written, and says how much once it can', () => {
  const lines: { message: string; lost?: number; err?: { code: string } }[] = [];
  let isFull = true;
  const write = (line: string) => {
    if (isFull) {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    }
    lines.push(JSON.parse(line));
  };
  const service = { service: 'tracker', version: '0.1.0', serviceInstanceId: 'one' };
  const logger = createLogger({ ...service, level: 'info', output: { write } });
  logger.info('first');
  logger.child({ cell: 'main' }).error('second');
  isFull = false;
  logger.info('third');
  logger.info('fourth');
  expect(lines.map(({ message }) => message)).toEqual(['third', 'log lines could not be written', 'fourth']);
  expect(lines[1]).toMatchObject({ level: 'warn', lost: 2, err: { code: 'ENOSPC' } });
});
