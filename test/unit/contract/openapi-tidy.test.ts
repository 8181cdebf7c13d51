import { describe, expect, it } from 'vitest';
import { type JsonObject, tidyOpenApi } from '../../../src/contract/openapi-tidy.ts';

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function tidied(paths: object, schemas: object) {
  return tidyOpenApi(
    JSON.parse(JSON.stringify({ openapi: '3.1.1', paths, components: { schemas, securitySchemes: {} } })) as JsonObject,
  ) as {
    paths: object;
    components: { schemas: Record<string, object> };
  };
}

describe('tidyOpenApi', () => {
  it('keeps what operations lead to, through other schemas too, and drops the rest', () => {
    const { components } = tidied(
      { a: reference('A') },
      { A: { properties: { b: reference('B') } }, B: { items: reference('A') }, C: reference('A') },
    );
    expect(Object.keys(components.schemas)).toEqual(['A', 'B']);
  });

  it('folds a pair that is equal, and whatever refers to it', () => {
    const { paths, components } = tidied(
      { in: reference('AInput'), out: reference('A') },
      { A: { items: reference('B') }, AInput: { items: reference('BInput') }, B: { type: 'string' }, BInput: { type: 'string' } },
    );
    expect(paths).toEqual({ in: reference('A'), out: reference('A') });
    expect(components.schemas).toEqual({ A: { items: reference('B') }, B: { type: 'string' } });
  });

  it('keeps a pair that differs', () => {
    const { paths, components } = tidied(
      { in: reference('AInput'), out: reference('A') },
      { A: { type: 'string' }, AInput: { type: 'number' } },
    );
    expect(paths).toEqual({ in: reference('AInput'), out: reference('A') });
    expect(components.schemas).toEqual({ A: { type: 'string' }, AInput: { type: 'number' } });
  });

  it('gives an input schema that stands alone its plain name', () => {
    const { paths, components } = tidied(
      { in: reference('AInput') },
      { A: { type: 'string' }, AInput: { type: 'number', additionalProperties: false } },
    );
    expect(paths).toEqual({ in: reference('A') });
    expect(components.schemas).toEqual({ A: { type: 'number', additionalProperties: false } });
  });

  it('opens the objects of replies, and leaves those of requests closed', () => {
    const closed = { type: 'object', additionalProperties: false };
    const { components } = tidied({ in: reference('AInput'), out: reference('B') }, { AInput: closed, B: { items: closed } });
    expect(components.schemas).toEqual({ A: closed, B: { items: { type: 'object' } } });
  });

  it('drops bounds that say nothing and keeps those that do', () => {
    const noisy = {
      a: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      b: { type: 'integer', minimum: 0, maximum: 5 },
      c: { type: 'string', format: 'date-time', pattern: '^x$' },
      d: { type: 'string', pattern: '^x$' },
      e: { type: 'object', properties: {}, additionalProperties: {}, propertyNames: { type: 'string' } },
      f: { anyOf: [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, { type: 'null' }] },
      g: { anyOf: [{ anyOf: [{ type: 'string' }], description: 'meant' }, { type: 'null' }] },
    };
    const { paths } = tidied({ schema: { type: 'object', properties: noisy } }, {});
    expect(paths).toEqual({
      schema: {
        type: 'object',
        properties: {
          a: { type: 'integer' },
          b: noisy.b,
          c: { type: 'string', format: 'date-time' },
          d: noisy.d,
          e: { type: 'object' },
          f: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
          g: noisy.g,
        },
      },
    });
  });

  it('changes nothing the second time', () => {
    const once = tidied(
      { in: reference('AInput'), out: reference('B') },
      { AInput: { items: reference('BInput') }, B: { type: 'string' }, BInput: { type: 'string' } },
    );
    expect(tidyOpenApi(JSON.parse(JSON.stringify(once)) as JsonObject)).toEqual(once);
  });
});
