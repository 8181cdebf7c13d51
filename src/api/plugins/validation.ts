import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import { ZodObject, type ZodType } from 'zod';
import { validationProblem } from '../../contract/problem.ts';
import { faultAt } from '../../errors.ts';
import { wording } from '../../wording.ts';

/** How a part of the request is called in a problem's detail. */
const PARTS: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'header' };

type Verdict = { value: unknown } | Record<string, never>;

/**
 * What the schema makes of a part of the request in which nothing stands that it knows, found out once: most requests
 * have no query, and none of the headers that a route reads. null where the schema has to look.
 */
function emptiness(schema: ZodType, httpPart: string): ((data: unknown) => Verdict | null) | null {
  const nothing = schema.safeParse({});
  if (!(schema instanceof ZodObject) || !nothing.success) return null;
  const known = Object.keys(schema.shape);
  if (httpPart === 'headers') return (data) => (known.some((name) => name in (data as object)) ? null : {});
  if (Object.keys(nothing.data as object).length > 0) return null;
  return (data) => {
    for (const _ in data as object) return null;
    return {};
  };
}

const validator: FastifySchemaCompiler<ZodType> = ({ schema, httpPart = 'body' }) => {
  const where = PARTS[httpPart] ?? httpPart;
  const passes = httpPart === 'body' ? null : emptiness(schema, httpPart);
  return (data: unknown) => {
    const empty = passes?.(data);
    if (empty) return empty;
    if (where === 'body' && (data === undefined || data === null)) {
      return { error: faultAt('validation_failed', '', 'a JSON object is needed as the body') };
    }
    const parsed = schema.safeParse(data, { error: wording });
    return parsed.success ? { value: parsed.data } : { error: validationProblem(parsed.error.issues, where) };
  };
};

/**
 * Requests are checked by their zod schemas, defaults filled in. Replies are not checked again at run time: their
 * shapes are held by types and tests.
 */
export function validation(app: FastifyInstance): void {
  app.setValidatorCompiler(validator);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}
