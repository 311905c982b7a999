import { describe, expect, it } from 'vitest';
import { damageError } from './damage-error.ts';
import { LogDamageError, ORIGIN } from './port.ts';

describe('damage as an error of the catalogue', () => {
  it.each([
    ['gap', 'LOG_DAMAGED'],
    ['chain', 'LOG_DAMAGED'],
    ['epoch', 'LOG_DAMAGED'],
    ['malformed', 'LOG_DAMAGED'],
    ['too-new', 'FORMAT_TOO_NEW'],
    ['went-back', 'LOG_WENT_BACK'],
    ['other-history', 'OTHER_HISTORY'],
  ] as const)('of kind %s is %s, with every fact of its message', (kind, code) => {
    const damage = new LogDamageError(kind, 'what was found', { position: ORIGIN.position, number: 7 });
    const error = damageError(damage);
    expect(error).toMatchObject({ code, details: { kind, number: 7, end: 0, reason: 'what was found' } });
    expect(error.message).not.toContain('?');
  });
});
