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

/** Whether a text has so many brackets that what it spells could be nested too deeply. */
function mayBeDeep(text: string): boolean {
  let opened = 0;
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      opened += 1;
      if (opened > MAX_DEPTH) return true;
    }
  }
  return false;
}

/** A request body, and whether its text spells characters as `\u`: only so can it have what UTF-8 has not, or hide a key. */
interface Parsed {
  value: unknown;
  escaped: boolean;
}

/**
 * A request body as a JSON value; undefined when it is empty.
 * @throws ProblemError invalid_json, validation_failed
 */
function parseBody(body: Buffer): Parsed {
  if (body.length === 0) return { value: undefined, escaped: false };
  const text = decode(body);
  const value = parse(text);
  const escaped = text.includes('\\u');
  // a look at the text is faster than one at all that it spells, and hardly any has reason for that
  if (escaped || text.includes('__proto__') || mayBeDeep(text)) inspect(value);
  return { value, escaped };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the text of the body spells characters as `\u`. */
    escaped: boolean;
  }
}

/** application/json is the only media type that is read; Fastify refuses the others. */
export function jsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('escaped', false);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { bodyLimit } = request;
    if (bodyLimit !== null && body.length > bodyLimit) throw faultAt('body_too_large', '', `the body may have at most ${bodyLimit} bytes`);
    const { value, escaped } = parseBody(body);
    request.escaped = escaped;
    return value;
  });
}
