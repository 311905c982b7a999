import { createHmac } from 'node:crypto';

const SHOWN_DIGITS = 16;

/**
 * Puts keyed hashes in the place of tenants, wherever a value names one: equal tenants stay equal. The hash of a
 * command goes with them: who has the rest of the command could try names on it.
 */
export function redactTenants<Value>(value: Value, key: string): Value {
  const text = JSON.stringify(value, (name, inner: unknown) => {
    if (typeof inner !== 'string') {
      return inner;
    }
    if (name === 'tenant') {
      return hashedTenant(inner, key);
    }
    return name === 'commandHash' ? keyedHash(inner, key) : inner;
  });
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
