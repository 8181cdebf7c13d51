import { describe, expect, it } from 'vitest';
import { endpointsFileSchema } from '../../../src/contract/endpoints-file.ts';
import { createEndpoints, dialects } from '../../../src/endpoints/index.ts';
import { openEndpoint } from '../../helpers/endpoint-kit.ts';

const minimal = { name: 'local', base_url: 'http://127.0.0.1:8000/v1' };
const parse = (entries: unknown[], name: unknown = 'local') =>
  endpointsFileSchema.safeParse({ default: name, endpoints: entries });

describe('ENDPOINTS_FILE', () => {
  it('takes the example of the contract', () => {
    const entry = {
      name: 'local',
      base_url: 'http://127.0.0.1:8000/v1',
      dialect: 'auto',
      api_key_env: 'LOCAL_KEY',
      models: ['m'],
      concurrency: 32,
      max_batch: 64,
      requests_per_minute: null,
      tokens_per_minute: null,
      timeout_seconds: 120,
      price: { prompt_per_million: 0.15, completion_per_million: 0.6, cached_per_million: 0.075 },
      allow_private_network: true,
      embedding_model: 'e',
      nli: { endpoint: 'other', model: 'n', route: 'classify', label: 2, contradiction_label: 0, separator: '</s>' },
      judge: { endpoint: 'other', model: 'j' },
    };
    expect(parse([entry, { ...minimal, name: 'other' }]).data?.endpoints[0]).toEqual({ ...entry, max_wait_seconds: 120, key_header: 'authorization', api_version: null });
  });

  it('fills in the defaults', () => {
    expect(parse([minimal]).data?.endpoints[0]).toEqual({
      ...minimal,
      dialect: 'auto',
      api_key_env: null,
      key_header: 'authorization',
      api_version: null,
      models: [],
      concurrency: 32,
      max_batch: 64,
      requests_per_minute: null,
      tokens_per_minute: null,
      timeout_seconds: 120,
      max_wait_seconds: 120,
      price: null,
      allow_private_network: true,
      embedding_model: null,
      nli: null,
      judge: null,
    });
    const nli = { endpoint: 'local', model: 'n', route: 'predict' };
    expect(parse([{ ...minimal, nli }]).data?.endpoints[0]?.nli).toEqual({ ...nli, label: 'entailment', contradiction_label: 'contradiction' });
  });

  it.each([
    ['an unknown field', [{ ...minimal, modles: ['m'] }]],
    ['a key in the file', [{ ...minimal, api_key: 'sk' }]],
    ['two endpoints of one name', [minimal, minimal]],
    ['a classifier that is not there', [{ ...minimal, nli: { endpoint: 'nobody', model: 'm', route: 'predict' } }]],
    ['a class without its number', [{ ...minimal, nli: { endpoint: 'local', model: 'm', route: 'classify', label: 'entailment' } }]],
    ['a route that nobody has', [{ ...minimal, nli: { endpoint: 'local', model: 'm', route: 'entail', label: 2 } }]],
    ['a judge that is not there', [{ ...minimal, judge: { endpoint: 'nobody', model: 'm' } }]],
    ['a password in the URL', [{ ...minimal, base_url: 'http://me:secret@host/v1' }]],
    ['a query in the URL', [{ ...minimal, base_url: 'http://host/v1?key=secret' }]],
    ['another protocol', [{ ...minimal, base_url: 'ftp://host/v1' }]],
    ['no URL', [{ ...minimal, base_url: 'host:8000' }]],
    ['no place', [{ ...minimal, concurrency: 0 }]],
    ['a negative price', [{ ...minimal, price: { prompt_per_million: -1, completion_per_million: 0 } }]],
    ['a cache dearer than none', [{ ...minimal, price: { prompt_per_million: 1, completion_per_million: 0, cached_per_million: 2 } }]],
    ['no endpoint', []],
    ['a name with a slash', [{ ...minimal, name: 'a/b' }], 'a/b'],
  ])('refuses %s', (_, entries, name = 'local') => {
    expect(parse(entries, name).success).toBe(false);
  });

  it('refuses a default that is not there', () => {
    expect(parse([minimal], 'other').error?.issues).toEqual([expect.objectContaining({ path: ['default'] })]);
    expect(endpointsFileSchema.safeParse({ endpoints: [minimal] }).success).toBe(true);
  });
});

describe('createEndpoints', () => {
  const settings = {
    name: 'a',
    baseUrl: 'http://127.0.0.1:9/v1',
    dialect: 'auto',
    apiKey: 'sk-secret',
    models: ['m'],
    concurrency: 1,
    maxBatch: 1,
    requestsPerMinute: null,
    tokensPerMinute: null,
    timeoutSeconds: 1,
    price: null,
    allowPrivateNetwork: true,
  };

  it('shows endpoints without their keys', async () => {
    const endpoints = createEndpoints(
      { default: 'b', endpoints: [settings, { ...settings, name: 'b', identity: 'same as ever' }] },
      {},
    );
    expect(endpoints.defaultName).toBe('b');
    expect(endpoints.list().map((info) => info.name)).toEqual(['a', 'b']);
    expect(JSON.stringify(endpoints.list())).not.toContain('secret');
    expect(endpoints.get('a')?.identity).toBe('a|http://127.0.0.1:9/v1');
    expect(endpoints.get('b')?.identity).toBe('same as ever');
    expect(endpoints.get('c')).toBeUndefined();
    await endpoints.close();
  });

  it('refuses what cannot be meant', () => {
    const create =
      (more: object, name = 'a') =>
      () =>
        createEndpoints({ default: name, endpoints: [{ ...settings, ...more }] }, {});
    expect(create({ dialect: 'klingon' })).toThrow(/no dialect klingon, only auto, openai, vllm/);
    expect(create({}, 'z')).toThrow('z is not configured');
    expect(() => createEndpoints({ default: 'a', endpoints: [settings, settings] }, {})).toThrow('same name');
  });

  it('knows each dialect once', () => {
    expect(new Set(dialects.map(({ id }) => id)).size).toBe(dialects.length);
  });

  it('says which call names no model', async () => {
    const { endpoint, close } = openEndpoint('http://127.0.0.1:9/v1');
    await expect(
      endpoint.grid({ prompt: 'x' }, { text: 'y', toolCalls: [], finishReason: null }, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'unknown_model' });
    await close();
  });
});
