import { readFileSync } from 'node:fs';
import { z } from 'zod';

/*
 * The committed OpenAPI document, for tests that go over all of its operations.
 */

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  example?: string | number;
}

export interface Operation {
  path: string;
  method: string;
  id: string;
  parameters: Parameter[];
  /** Example bodies. */
  bodies: object[];
  /** By status, then media type. */
  replies: Record<string, Record<string, object>>;
  open: boolean;
}

interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, object> };
}

interface RawOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { examples: Record<string, { value: object }> } } };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  security?: object[];
}

const document = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as Document;

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, raw]) => ({
    path,
    method: method.toUpperCase(),
    id: raw.operationId,
    parameters: raw.parameters ?? [],
    bodies: Object.values(raw.requestBody?.content['application/json'].examples ?? {}).map(({ value }) => value),
    replies: Object.fromEntries(
      Object.entries(raw.responses).map(([status, { content = {} }]) => [status, Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema]))]),
    ),
    open: raw.security?.length === 0,
  })),
);

/** A schema of the document as one that can be parsed with. */
export function schemaOf(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}
