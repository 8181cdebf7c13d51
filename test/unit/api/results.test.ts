import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributionsReplySchema, endpointsSchema, evaluationsSchema } from '../../../src/contract/replies.ts';
import { catalogueSchema } from '../../../src/contract/catalogue.ts';
import { estimateSchema } from '../../../src/contract/resource.ts';
import { BODY, expectProblem, testApp, type TestApp } from './app.ts';
import { TABLE } from './memory-service.ts';

let test: TestApp;
let id: string;
beforeEach(async () => {
  test = await testApp();
  id = (await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY })).json<{ id: string }>().id;
});
afterEach(async () => test.app.close());

describe('POST /v1/explanations/{id}/attributions', () => {
  const attribute = (payload: object) => test.app.inject({ method: 'POST', url: `/v1/explanations/${id}/attributions`, payload });

  it('explains other targets of an ended job', async () => {
    test.service.complete(id);
    const reply = await attribute({ targets: [{ kind: 'span', start: 2, end: 10 }] });
    expect(reply.statusCode).toBe(200);
    const { targets, attributions } = attributionsReplySchema.parse(reply.json());
    expect(targets).toEqual([{ index: 0, kind: 'span', start: 2, end: 10, text: 'tortoise' }]);
    expect(attributions[0]?.scores).toEqual([0.25, 13, null]);
  });

  it('refuses what is not ready, not there or not right', async () => {
    const running = await attribute({ targets: [{ kind: 'completion' }] });
    expectProblem(running, 'not_finished');
    expect(running.headers['retry-after']).toBe('1');
    test.service.move(id, { status: 'failed' });
    expectProblem(await attribute({ targets: [{ kind: 'completion' }] }), 'no_result');
    test.service.complete(id);
    expect(expectProblem(await attribute({ targets: [{ kind: 'match', pattern: 'turtle' }] }), 'target_not_found')).toEqual([
      '/targets/0',
    ]);
    expect(expectProblem(await attribute({ targets: [] }), 'validation_failed')).toEqual(['/targets']);
    expect(expectProblem(await attribute({ targets: [{ kind: 'span', start: 3, end: 3 }] }), 'validation_failed')).toEqual([
      '/targets/0/end',
    ]);
    expect(expectProblem(await attribute({ targets: [{ kind: 'completion' }], call: {} }), 'validation_failed')).toEqual([
      '/call',
    ]);
  });
});

describe('GET /v1/explanations/{id}/evaluations', () => {
  const evaluations = (accept?: string) =>
    test.app.inject({ url: `/v1/explanations/${id}/evaluations`, headers: accept === undefined ? {} : { accept } });

  it.each([undefined, '*/*', 'application/json', 'text/csv;q=0.5, application/json', 'text/html, application/*;q=0.2'])(
    'gives JSON for %s',
    async (accept) => {
      test.service.complete(id);
      const reply = await evaluations(accept);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', vary: 'accept' });
      expect(evaluationsSchema.parse(reply.json())).toEqual(TABLE);
    },
  );

  it.each(['text/csv', 'text/*', 'application/json;q=0.1, text/csv;q=0.2', 'application/json;q=0, */*'])(
    'gives CSV for %s',
    async (accept) => {
      test.service.complete(id);
      const reply = await evaluations(accept);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers['content-type']).toMatch(/^text\/csv/);
      const [header, full, ...others] = reply.body.split('\r\n');
      expect(header).toBe('unit_0,unit_1,unit_2,holdout,sample,0:A tortoise,1:.');
      expect(full).toBe('1,1,1,0,0,-0.25,0');
      expect(others).toHaveLength(TABLE.rows.length);
    },
  );

  it.each(['text/html', 'application/json;q=0', 'image/*'])('refuses %s', async (accept) => {
    test.service.complete(id);
    expectProblem(await evaluations(accept), 'not_acceptable');
  });

  it('refuses what has no result', async () => {
    expectProblem(await evaluations(), 'not_finished');
    test.service.move(id, { status: 'cancelled' });
    expectProblem(await evaluations('text/csv'), 'no_result');
  });
});

describe('estimates, catalogue, endpoints', () => {
  it('estimates without storing anything', async () => {
    const reply = await test.app.inject({ method: 'POST', url: '/v1/estimates', payload: BODY });
    expect(reply.statusCode).toBe(200);
    expect(estimateSchema.parse(reply.json()).units).toBe(2);
    expect((await test.app.inject({ url: '/v1/explanations' })).json<{ data: object[] }>().data).toHaveLength(1);
    expect(
      expectProblem(
        await test.app.inject({ method: 'POST', url: '/v1/estimates', payload: { ...BODY, x: 1 } }),
        'validation_failed',
      ),
    ).toEqual(['/x']);
  });

  it('lists every part with a schema that its defaults fit', async () => {
    const parts = catalogueSchema.parse((await test.app.inject({ url: '/v1/catalogue' })).json());
    for (const list of Object.values(parts)) expect(list.length).toBeGreaterThan(0);
    expect(parts.segmenters.find((part) => part.id === 'sentence')).toMatchObject({
      options: { type: 'object' },
      defaults: { locale: 'en' },
    });
  });

  it('lists endpoints without their addresses', async () => {
    const reply = await test.app.inject({ url: '/v1/endpoints' });
    expect(endpointsSchema.parse(reply.json())).toMatchObject({
      default: 'demo',
      data: [
        {
          name: 'demo',
          default: true,
          models: ['tiny-reader'],
          max_batch: 16,
          tokens_per_minute: 1_000,
          price: { prompt_per_million: 0.15 },
        },
      ],
    });
    expect(reply.body).not.toMatch(/secret|127\.0\.0\.1|base_?url/i);
  });
});
