import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse as readTolerantly, type ParseError } from 'jsonc-parser';
import { faultAt, ProblemError } from '../../errors.ts';

/** Far above any real call; what comes after walks the body recursively and must not run out of stack. */
export const MAX_DEPTH = 200;

const BYTE_ORDER_MARK = '\ufeff';

function decode(body: Buffer): string {
  if (!isUtf8(body)) throw new ProblemError('invalid_json', 'The body is not UTF-8.');
  const text = body.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** Where a text stops being JSON, in words. The engine's own message names no place in short texts, and quotes them. */
function placeOf(text: string): string {
  const errors: ParseError[] = [];
  try {
    readTolerantly(text, errors, { disallowComments: true });
  } catch {
    // it descends with the text, and the stack may end before
    return '';
  }
  const offset = errors[0]?.offset;
  if (offset === undefined) return '';
  if (offset >= text.trimEnd().length) return `: it breaks off after ${text.length} characters`;
  const lines = text.slice(0, offset).split('\n');
  return `: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ProblemError('invalid_json', `The body is not JSON${placeOf(text)}.`, { cause });
  }
}

/** Refuses what is nested too deeply, and `__proto__` as a key, which copying an object would swallow. */
function inspect(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw faultAt('validation_failed', '', `the body is nested more than ${MAX_DEPTH} levels deep`);
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (Object.hasOwn(item, '__proto__')) throw faultAt('validation_failed', '', 'the body has a key `__proto__`');
      for (const inner of Object.values(item)) next.push(inner);
    }
    level = next;
  }
}

/**
 * A request body as a JSON value; undefined when it is empty.
 * @throws ProblemError invalid_json, validation_failed
 */
function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const value = parse(decode(body));
  inspect(value);
  return value;
}

/** application/json is the only media type that is read; Fastify refuses the others. */
export function jsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { bodyLimit } = request;
    if (bodyLimit !== null && body.length > bodyLimit) throw faultAt('body_too_large', '', `the body may have at most ${bodyLimit} bytes`);
    return parseBody(body);
  });
}
