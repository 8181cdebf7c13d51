import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openapiDocument } from '../../../src/api/openapi-document.ts';
import { batchRequestSchema, laidUnder } from '../../../src/contract/batches.ts';
import { EXPLANATION_EXAMPLE } from '../../../src/contract/example-explanation.ts';
import { BODY_EXAMPLES } from '../../../src/contract/examples.ts';
import { attributionsSchema, requestSchema } from '../../../src/contract/request.ts';
import { probeRequestSchema } from '../../../src/contract/probes.ts';
import { explanationSchema } from '../../../src/contract/resource.ts';
import { offsetOfCodePoint } from '../../../src/core/text/codepoints.ts';
import { PROBLEMS } from '../../../src/errors.ts';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security?: object[];
  parameters?: { name: string; in: string; example?: unknown }[];
  requestBody?: { content: Record<string, { examples: Record<string, { value: unknown }> }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }>; headers?: object }>;
}

interface Document {
  openapi: string;
  info: Record<string, unknown>;
  servers: object[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
}

let text: string;
let document: Document;
let operations: (Operation & { path: string; method: string })[];

beforeAll(async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  text = await openapiDocument(version);
  document = JSON.parse(text) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );
});

describe('the OpenAPI document', () => {
  it('is the committed one', () => {
    expect(readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8') === text).toBe(true);
  });

  it('is written the same way every time', async () => {
    expect(await openapiDocument(String(document.info['version']))).toBe(text);
  });

  it('says what it is', () => {
    expect(document.openapi).toBe('3.1.1');
    expect(document.info).toMatchObject({ title: 'Wherefore', license: { identifier: 'Apache-2.0' } });
    expect(document.servers).toEqual([{ url: '/' }]);
    expect(document.components['securitySchemes']).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('has the operations of the contract', () => {
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual([
      'DELETE /v1/batches/{batch_id}',
      'DELETE /v1/explanations/{id}',
      'GET /healthz',
      'GET /metrics',
      'GET /openapi.json',
      'GET /readyz',
      'GET /v1/batches',
      'GET /v1/batches/{batch_id}',
      'GET /v1/catalogue',
      'GET /v1/endpoints',
      'GET /v1/endpoints/{name}/probe',
      'GET /v1/explanations',
      'GET /v1/explanations/{id}',
      'GET /v1/explanations/{id}/evaluations',
      'GET /v1/explanations/{id}/events',
      'GET /v1/explanations/{id}/report',
      'GET /v1/webhooks/secret',
      'POST /v1/batches',
      'POST /v1/batches/{batch_id}/cancel',
      'POST /v1/endpoints/{name}/probe',
      'POST /v1/estimates',
      'POST /v1/explanations',
      'POST /v1/explanations/{id}/attributions',
      'POST /v1/explanations/{id}/cancel',
      'POST /v1/webhooks/secret/rotate',
    ]);
  });

  it('describes each of them', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const operation of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.tags.filter((tag) => tags.has(tag))).toHaveLength(1);
      expect(operation.summary).not.toMatch(/\.$/);
      expect(operation.description).toMatch(/\.$/);
      expect(Object.keys(operation).filter((key) => key.startsWith('x-'))).toEqual([]);
    }
  });

  it('lists problems, by code, for every error status', () => {
    const byStatus = Object.groupBy(Object.entries(PROBLEMS), ([, { status }]) => String(status));
    for (const { operationId, responses } of operations) {
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        if (Number(status) < 400 || operationId === 'readReadiness') continue;
        expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
        const codes = [...description.matchAll(/`(\w+)`/g)].map((match) => match[1]);
        expect(codes.length).toBeGreaterThan(0);
        expect(byStatus[status]?.map(([code]) => code)).toEqual(expect.arrayContaining(codes));
      }
    }
  });

  it('needs a key for everything but health and itself', () => {
    expect(operations.filter(({ security }) => security?.length === 0).map(({ path }) => path)).toEqual([
      '/healthz',
      '/readyz',
      '/openapi.json',
    ]);
    for (const { security, responses } of operations) expect('401' in responses).toBe(security === undefined);
  });

  it('has nothing that leads nowhere, and nothing that is not led to', () => {
    const references = new Set([...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map((match) => match[1] ?? ''));
    const named = Object.entries(document.components).flatMap(([kind, entries]) =>
      Object.keys(entries).map((name) => `components/${kind}/${name}`),
    );
    expect([...references].toSorted()).toEqual(
      named.filter((name) => !name.startsWith('components/securitySchemes/')).toSorted(),
    );
  });

  it('is lean', () => {
    expect(text).not.toMatch(/9007199254740991|Input"|"properties": \{\}/);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('has an example for every body and every path', () => {
    for (const { operationId, method, path, parameters = [], requestBody } of operations) {
      const needsBody = method === 'post' && !/\/(cancel|rotate)$/.test(path);
      expect([operationId, Object.keys(requestBody?.content['application/json']?.examples ?? {}).length > 0]).toEqual([
        operationId,
        needsBody,
      ]);
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ example }) => example)).toEqual(
        path.includes('{id}') ? ['latest'] : path.includes('{name}') ? ['demo'] : path.includes('{batch_id}') ? ['bat_01kaqm3v7x9d2t5r8w1y4z6b0c'] : [],
      );
    }
  });
});

describe('worked examples', () => {
  it('fit the schemas', () => {
    const schemas = { createExplanation: requestSchema, createEstimate: requestSchema, attributeTargets: attributionsSchema, probeEndpoint: probeRequestSchema, createBatch: batchRequestSchema };
    expect(Object.keys(BODY_EXAMPLES).toSorted()).toEqual(Object.keys(schemas).toSorted());
    for (const [operationId, schema] of Object.entries(schemas)) {
      for (const { summary, value } of Object.values(BODY_EXAMPLES[operationId] ?? {}))
        expect([summary, schema.safeParse(laidUnder(value)).error]).toEqual([summary, undefined]);
    }
  });

  it('show an explanation as it is', () => {
    const { request, result } = explanationSchema.parse(EXPLANATION_EXAMPLE);
    expect(requestSchema.safeParse(request).success).toBe(true);
    for (const { start, end, text: unit } of result?.units ?? []) expect(offsetOfCodePoint(unit, end - start)).toBe(unit.length);
    for (const { start, end, text: target } of result?.targets ?? []) expect(result?.completion.slice(start, end)).toBe(target);
    for (const { scores } of result?.attributions ?? [])
      expect(scores.map((score) => score === null)).toEqual(result?.units.map(({ fixed }) => fixed));
  });
});
