import { expect, test } from 'vitest';
import type { ResourceRequest } from '../request.ts';
import { requestTextOf } from './request-text.ts';

const TEXT = '{"resources":{"VCPU":2,"MEMORY_MB":4096}}';

test('equal requests have one text, whether or not they can change', () => {
  const request = { resources: { VCPU: 2, MEMORY_MB: 4_096 } };
  const fixed: ResourceRequest = Object.freeze({ resources: Object.freeze({ ...request.resources }) });
  expect([{ request }, { request: fixed }, { request: fixed }].map(requestTextOf)).toEqual([TEXT, TEXT, TEXT]);
});

test('a request that can change is written anew each time', () => {
  const request = { resources: { VCPU: 2, MEMORY_MB: 4_096 } };
  expect(requestTextOf({ request })).toBe(TEXT);
  request.resources.VCPU = 3;
  expect(requestTextOf({ request })).toBe('{"resources":{"VCPU":3,"MEMORY_MB":4096}}');
});

test('without a request it is the charge, and without that nothing is asked for', () => {
  const charge = [{ provider: 'node-1', class: 'VCPU', amount: 2 }];
  expect(requestTextOf({ charge })).toBe(JSON.stringify(charge));
  expect(requestTextOf({ request: {}, charge })).toBe('{}');
  expect(requestTextOf({})).toBe('{}');
});
