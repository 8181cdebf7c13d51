import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../src/api/auth.ts';
import { BODY, expectProblem, sha256, testApp } from './app.ts';

const keys = { 'sk-anna': 'anna', 'sk-bert': 'bert', 'sk-anna-2': 'anna' };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('API keys', () => {
  it('keeps owners apart', async () => {
    const { app } = await testApp({ keys });
    const made = await app.inject({ method: 'POST', url: '/v1/explanations', headers: bearer('sk-anna'), payload: BODY });
    expect(made.statusCode).toBe(202);
    const url = String(made.headers.location);
    expect((await app.inject({ url, headers: bearer('sk-anna-2') })).statusCode).toBe(200);
    for (const path of [url, '/v1/explanations/latest', `${url}/evaluations`]) {
      expectProblem(await app.inject({ url: path, headers: bearer('sk-bert') }), 'not_found');
    }
    expectProblem(await app.inject({ method: 'DELETE', url, headers: bearer('sk-bert') }), 'not_found');
    expect((await app.inject({ url: '/v1/explanations', headers: bearer('sk-bert') })).json()).toMatchObject({ data: [] });
    await app.close();
  });

  it('refuses every guarded route without a known key, before the body is read', async () => {
    const { app } = await testApp({ keys });
    const routes = [
      ['POST', '/v1/explanations'],
      ['GET', '/v1/explanations'],
      ['GET', '/v1/explanations/nope'],
      ['DELETE', '/v1/explanations/latest'],
      ['POST', '/v1/explanations/latest/cancel'],
      ['POST', '/v1/explanations/latest/attributions'],
      ['GET', '/v1/explanations/latest/evaluations'],
      ['POST', '/v1/estimates'],
      ['GET', '/v1/catalogue'],
      ['GET', '/v1/endpoints'],
      ['GET', '/metrics'],
    ] as const;
    for (const [method, url] of routes) {
      for (const authorization of [
        undefined,
        'Bearer',
        'Bearer wrong',
        `Basic ${btoa('sk-anna:')}`,
        'sk-anna',
        `Bearer ${sha256('sk-anna')}`,
        'Bearer sk-anna, Bearer x',
      ]) {
        const reply = await app.inject({
          method,
          url,
          headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
          ...(method === 'POST' ? { payload: '{' } : {}),
        });
        expectProblem(reply, 'unauthorized');
        expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
        expect(reply.body).not.toContain('sk-anna');
      }
    }
    await app.close();
  });

  it('takes the scheme in any case', async () => {
    const { app } = await testApp({ keys });
    for (const authorization of ['bearer sk-bert', 'BEARER  sk-bert', 'Bearer sk-bert ']) {
      expect((await app.inject({ url: '/v1/catalogue', headers: { authorization } })).statusCode).toBe(200);
    }
    await app.close();
  });

  it('leaves health, docs and the OpenAPI document open', async () => {
    const { app } = await testApp({ keys, docs: true });
    for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs', '/docs/static/swagger-initializer.js']) {
      expect((await app.inject({ url })).statusCode).toBe(200);
    }
    await app.close();
  });

  it('has one owner where no keys are configured, whatever key comes', async () => {
    const { app } = await testApp();
    await app.inject({ method: 'POST', url: '/v1/explanations', headers: bearer('anything'), payload: BODY });
    expect((await app.inject({ url: '/v1/explanations/latest' })).statusCode).toBe(200);
    await app.close();
  });

  it('knows exactly the configured keys', () => {
    const key = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 5 }), key, (known, other) => {
        const auth = createAuthenticator(
          known.map((name, index) => ({ owner: `owner-${index}`, sha256: sha256(name).toUpperCase() })),
        );
        known.forEach((name, index) => expect(auth.owner(`Bearer ${name}`)).toBe(`owner-${index}`));
        if (!known.includes(other)) expect(() => auth.owner(`Bearer ${other}`)).toThrow('not known');
      }),
    );
  });

  it('refuses configurations that cannot be meant', () => {
    const hash = sha256('k');
    expect(() => createAuthenticator([{ owner: 'a', sha256: 'k' }])).toThrow(TypeError);
    expect(() => createAuthenticator([{ owner: '', sha256: hash }])).toThrow(TypeError);
    expect(() =>
      createAuthenticator([
        { owner: 'a', sha256: hash },
        { owner: 'b', sha256: hash.toUpperCase() },
      ]),
    ).toThrow(TypeError);
  });
});
