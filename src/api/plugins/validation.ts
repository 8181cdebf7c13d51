import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import type { ZodType } from 'zod';
import { validationProblem } from '../../contract/problem.ts';
import { faultAt } from '../../errors.ts';

/** How a part of the request is called in a problem's detail. */
const PARTS: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'header' };

const validator: FastifySchemaCompiler<ZodType> = ({ schema, httpPart = 'body' }) => {
  const where = PARTS[httpPart] ?? httpPart;
  return (data: unknown) => {
    if (where === 'body' && (data === undefined || data === null)) {
      return { error: faultAt('validation_failed', '', 'a JSON object is needed as the body') };
    }
    const parsed = schema.safeParse(data);
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
