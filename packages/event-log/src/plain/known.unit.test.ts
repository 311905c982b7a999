import { STORED_VALUES } from '@fleetbook/contracts';
import { expect, test } from 'vitest';
import { KnownValues } from './known.ts';

test('a value that is one for all cannot change, nor can what is in it', () => {
  const requests = new KnownValues(STORED_VALUES.isRequest, 4);
  const bytes = Buffer.from('{"resources":{"VCPU":2}},');
  const first = requests.read(bytes, 0, bytes.length)?.value;
  expect(first).toEqual({ resources: { VCPU: 2 } });
  expect(requests.read(Buffer.from(bytes), 0, bytes.length)?.value).toBe(first);
  expect([first, first?.resources].map(Object.isFrozen)).toEqual([true, true]);
});
