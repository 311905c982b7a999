import { createHmac } from 'node:crypto';

const SHOWN_DIGITS = 16;

/** Puts keyed hashes in the place of tenants, wherever a value names one: equal tenants stay equal. */
export function redactTenants<Value>(value: Value, key: string): Value {
  const text = JSON.stringify(value, (name, inner: unknown) =>
    name === 'tenant' && typeof inner === 'string' ? hashedTenant(inner, key) : inner,
  );
  const redacted: Value = JSON.parse(text);
  return redacted;
}

export function hashedTenant(tenant: string, key: string): string {
  return `tenant-${createHmac('sha256', key).update(tenant).digest('hex').slice(0, SHOWN_DIGITS)}`;
}
