import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Stack, startStack } from '../helpers/stack.ts';

/*
 * Every worked example of the OpenAPI document, sent as "Try it out" would send it, against the whole service with its
 * embedded endpoint.
 */

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; example?: string | number }[];
  requestBody?: { content: { 'application/json': { examples: Record<string, { value: object }> } } };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as Document;

interface Try {
  name: string;
  method: string;
  path: string;
  operation: Operation;
  body?: object;
  accept?: string;
}

/** One try per operation, body example and media type of the reply. */
function tries(): Try[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const bodies = Object.entries(operation.requestBody?.content['application/json'].examples ?? {});
      const types = Object.keys(operation.responses['200']?.content ?? {});
      const base = { method, path, operation };
      if (bodies.length > 0)
        return bodies.map(([name, { value }]) => ({ ...base, name: `${operation.operationId}: ${name}`, body: value }));
      if (types.length > 1) return types.map((accept) => ({ ...base, name: `${operation.operationId} as ${accept}`, accept }));
      return [{ ...base, name: operation.operationId }];
    }),
  );
}

/** First what makes explanations, last what takes one away. */
function inOrder(all: Try[]): Try[] {
  const rank = ({ operation }: Try) => ['createExplanation', 'createBatch', 'deleteExplanation', 'deleteBatch'].indexOf(operation.operationId);
  const first = all.filter((entry) => [0, 1].includes(rank(entry)));
  const last = all.filter((entry) => rank(entry) > 1);
  return [...first, ...all.filter((entry) => rank(entry) === -1), ...last];
}

/** The reply's schema of the document as one that can be parsed with. */
function schemaOf(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}

describe('the worked examples', () => {
  let stack: Stack;
  /** The newest batch: its example is of none that there is. */
  let batch = '';
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => stack?.close());

  it.each(inOrder(tries()))('$name', async ({ method, path, operation, body, accept }) => {
    const parameters = operation.parameters ?? [];
    const examples = (place: string) =>
      parameters.filter((parameter) => parameter.in === place && parameter.example !== undefined);
    const url = examples('path').reduce((filled, { name, example }) => filled.replace(`{${name}}`, name === 'batch_id' ? batch : String(example)), path);
    const query = new URLSearchParams(examples('query').map(({ name, example }): [string, string] => [name, String(example)]));
    const headers = Object.fromEntries(examples('header').map(({ name, example }) => [name.toLowerCase(), String(example)]));
    const reply = await stack.app.inject({
      method: method.toUpperCase() as 'GET',
      url: query.size > 0 ? `${url}?${query.toString()}` : url,
      headers: { ...headers, ...(accept === undefined ? {} : { accept }) },
      ...(body === undefined ? {} : { payload: body }),
    });
    expect([reply.statusCode, reply.statusCode < 300 ? '' : reply.body]).toEqual([
      operation.operationId.startsWith('delete') ? 204 : 200,
      '',
    ]);

    const documented = operation.responses[String(reply.statusCode)]?.content ?? {};
    const type = (reply.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (reply.statusCode === 204) expect([Object.keys(documented), reply.body]).toEqual([[], '']);
    else expect(Object.keys(documented)).toContain(type);
    const schema = documented[type]?.schema;
    if (type === 'application/json' && schema) schemaOf(schema).parse(reply.json());
    if (operation.operationId === 'createBatch') batch = reply.json<{ id: string }>().id;
    if (operation.operationId === 'createExplanation') expect(reply.json()).toMatchObject({ status: 'completed', error: null });
  });
});
