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
  return `tenant-${hmacOf(tenant, key).slice(0, SHOWN_DIGITS)}`;
}

/** In the place of a hash over what is redacted: as long, and of no use to who has not the key. */
export function keyedHash(hash: string, key: string): string {
  return hmacOf(hash, key).slice(0, hash.length);
}

function hmacOf(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
