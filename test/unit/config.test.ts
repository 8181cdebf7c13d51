import { describe, expect, it } from 'vitest';
import { isLoopback, loadConfig } from '../../src/config.ts';

describe('loadConfig', () => {
  it('fills every default and freezes the outcome', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, DATA_DIR: './.data', MAX_BODY_BYTES: 1_000_000, DOCS: true });
    expect(config.REDIS_URL).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads numbers and flags, and takes an empty variable as unset', () => {
    expect(loadConfig({ PORT: '0', DOCS: 'false', REDIS_URL: ' ' })).toMatchObject({ PORT: 0, DOCS: false, REDIS_URL: undefined });
  });

  it('lets the environment win over the defaults of a command', () => {
    expect(loadConfig({}, { LOG_LEVEL: 'warn' }).LOG_LEVEL).toBe('warn');
    expect(loadConfig({ LOG_LEVEL: 'debug' }, { LOG_LEVEL: 'warn' }).LOG_LEVEL).toBe('debug');
  });

  it('names the variable at fault', () => {
    expect(() => loadConfig({ PORT: '99999' })).toThrow(/PORT/);
    expect(() => loadConfig({ KEY_PREFIX: 'plain' })).toThrow(/KEY_PREFIX/);
  });

  it('refuses to be open to others without keys', () => {
    expect(() => loadConfig({ HOST: '0.0.0.0' })).toThrow(/API_KEYS_FILE/);
    expect(loadConfig({ HOST: '0.0.0.0', API_KEYS_FILE: 'keys.json' }).HOST).toBe('0.0.0.0');
  });

  it('gives secrets by name and never as a field', () => {
    const config = loadConfig({ LOCAL_KEY: 'sk-1' });
    expect(config.secret('LOCAL_KEY')).toBe('sk-1');
    expect(JSON.stringify(config)).not.toContain('sk-1');
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.org', false],
  ])('%s → %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
