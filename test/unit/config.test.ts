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

  it('shows what is nobody\'s own to the operator alone', () => {
    const OPERATOR_KEY_SHA256 = 'a'.repeat(64);
    expect(() => loadConfig({ BOARD: 'true' })).toThrow(/OPERATOR_KEY_SHA256/);
    expect(() => loadConfig({ WEBHOOK_SIGNING_KEY_PREVIOUS: 'a'.repeat(32) })).toThrow(/WEBHOOK_SIGNING_KEY, which is not set/);
    expect(() => loadConfig({ WORKER_METRICS_PORT: '9464', WORKER_METRICS_HOST: '0.0.0.0' })).toThrow(/OPERATOR_KEY_SHA256/);
    expect(() => loadConfig({ OPERATOR_KEY_SHA256: 'the key itself' })).toThrow(/64 hex digits/);
    expect(loadConfig({ BOARD: 'true', WORKER_METRICS_PORT: '9464', WORKER_METRICS_HOST: '0.0.0.0', OPERATOR_KEY_SHA256 })).toMatchObject({ BOARD: true, WORKER_METRICS_PORT: 9464 });
    expect(loadConfig({ WORKER_METRICS_PORT: '9464' }).WORKER_METRICS_HOST).toBe('127.0.0.1');
    expect(loadConfig({ WORKER_METRICS_PORT: '' }).WORKER_METRICS_PORT).toBeUndefined();
    expect(() => loadConfig({ WORKER_METRICS_PORT: 'x' })).toThrow(/WORKER_METRICS_PORT/);
  });

  it('takes a collector of traces by its URL', () => {
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).toMatchObject({ OTEL_SERVICE_NAME: 'wherefore', OTEL_TRACES_SAMPLER_ARG: 1 });
    expect(() => loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT must be a URL/);
    expect(() => loadConfig({ OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow(/OTEL_TRACES_SAMPLER_ARG/);
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
