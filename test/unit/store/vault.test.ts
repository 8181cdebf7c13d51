import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEncryptionKeys } from '../../../src/bin/secrets.ts';
import { createVault } from '../../../src/store/vault.ts';

const key = (id: string) => ({ id, key: randomBytes(32) });
const [a, b] = [key('a'), key('b')];
const unreadable = expect.objectContaining({ code: 'secret_unreadable' }) as Error;

describe('a vault', () => {
  it('opens what it sealed, whatever that is, and never seals alike', () => {
    const vault = createVault([a]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, context) => {
        const sealed = vault.seal(secret, context);
        expect(vault.open(sealed, context)).toBe(secret);
        expect(vault.seal(secret, context)).not.toBe(sealed);
      }),
    );
  });

  it('opens only with the context that it was sealed for', () => {
    const vault = createVault([a]);
    expect(() => vault.open(vault.seal('sk-secret', 'exp_1'), 'exp_2')).toThrow(unreadable);
  });

  it('refuses what was changed in any place, or cut', () => {
    const vault = createVault([a, b]);
    const sealed = vault.seal('sk-secret', 'exp_1');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'Q', '.', 'b'), (at, other) => {
        const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
        // the last digit of base64url has bits that mean nothing
        if (Buffer.from(changed.slice(5).replaceAll('.', '~'), 'base64url').equals(Buffer.from(sealed.slice(5).replaceAll('.', '~'), 'base64url'))) return;
        if (changed.split('.').slice(2).every((part, index) => Buffer.from(part, 'base64url').equals(Buffer.from(sealed.split('.')[index + 2] ?? '', 'base64url'))) && changed.startsWith('v1.a.')) return;
        expect(() => vault.open(changed, 'exp_1')).toThrow(unreadable);
      }),
    );
    for (const cut of ['', 'v1', 'v1.a', sealed.slice(0, -6), sealed.split('.').slice(0, 4).join('.')]) expect(() => vault.open(cut, 'exp_1')).toThrow(unreadable);
  });

  it('opens what a previous key sealed, and seals by the first', () => {
    const before = createVault([a]).seal('sk-secret', 'exp_1');
    const turned = createVault([b, a]);
    expect(turned.open(before, 'exp_1')).toBe('sk-secret');
    expect(turned.seal('x', 'y')).toMatch(/^v1\.b\./);
    expect(() => createVault([b]).open(before, 'exp_1')).toThrow(unreadable);
    // another key under the same id
    expect(() => createVault([key('a')]).open(before, 'exp_1')).toThrow(unreadable);
  });

  it('fingerprints alike what is alike, under its own key only', () => {
    const texts = ['ann', 'https://a.test/v1', 'sk'];
    expect(createVault([a]).fingerprint(texts)).toBe(createVault([a, b]).fingerprint(texts));
    expect(createVault([b]).fingerprint(texts)).not.toBe(createVault([a]).fingerprint(texts));
    expect(createVault([a]).fingerprint(['ann', 'https://a.test/v1sk', ''])).not.toBe(createVault([a]).fingerprint(texts));
  });
});

describe('ENCRYPTION_KEYS', () => {
  const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64url')];

  it('names keys in base64, the current one first', () => {
    const keys = parseEncryptionKeys(`2026-11:${one}, 2026-05:${two}`);
    expect(keys.map(({ id }) => id)).toEqual(['2026-11', '2026-05']);
    expect(keys.map((entry) => entry.key.length)).toEqual([32, 32]);
  });

  it.each([
    ['', 'entry 1 is not'],
    [one, 'entry 1 is not'],
    [`a:${one},`, 'entry 2 is not'],
    [`a:${one.slice(4)}`, '32 bytes'],
    [`a:${one},a:${two}`, 'an id twice'],
  ])('%#: is refused without being quoted', (text, reason) => {
    expect(() => parseEncryptionKeys(text)).toThrow(reason);
    try {
      parseEncryptionKeys(text);
    } catch (error) {
      expect(String(error)).not.toContain(one.slice(4, 20));
    }
  });
});
