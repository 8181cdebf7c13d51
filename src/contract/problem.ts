import { z } from 'zod';
import { PROBLEMS, type Fault, type ProblemCode, ProblemError } from '../errors.ts';

/** RFC 9457 problem document, as sent and as stored in a failed explanation. */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('A URN that names the kind of problem; it ends in the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).describe('Stable; listed in docs/errors.md.'),
    request_id: z.string().nullable(),
    errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
  })
  .describe('RFC 9457 problem details.');

export type Problem = z.output<typeof problemSchema>;

export const PROBLEM_TYPE = 'application/problem+json';

/** The document for a problem. An error that is not a ProblemError becomes `internal` and says nothing of itself. */
export function toProblem(error: unknown, requestId: string | null): Problem {
  const known = error instanceof ProblemError;
  const code: ProblemCode = known ? error.code : 'internal';
  const faults: readonly Fault[] = known ? error.faults : [];
  return {
    type: `urn:wherefore:problem:${code}`,
    title: PROBLEMS[code].title,
    status: PROBLEMS[code].status,
    detail: known ? error.message : 'An unexpected error; the log holds it under the request id.',
    code,
    request_id: requestId,
    ...(faults.length > 0 ? { errors: [...faults] } : {}),
  };
}

/** The error that a document was made of, for a problem that travelled from another process. */
export function problemError({ code, detail, errors }: Problem, retryAfter: number | null): ProblemError {
  return new ProblemError(code, detail, { ...(errors ? { faults: errors } : {}), ...(retryAfter === null ? {} : { retryAfter }) });
}

type Issue = z.core.$ZodIssue;

/** A JSON pointer from a zod path. */
function pointerOf(path: readonly PropertyKey[], prefix: string): string {
  return prefix + path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function faultsOf(issue: Issue, prefix: string): Fault[] {
  const at = pointerOf(issue.path, prefix);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerOf([key], at), message: 'there is no such field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // the alternative that failed deepest is the one the caller meant
    const depth = (list: readonly Issue[]): number => Math.max(0, ...list.map((inner) => inner.path.length + (inner.code === 'unrecognized_keys' ? 1 : 0)));
    const best = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0];
    if (best && depth(best) > 0) return best.flatMap((inner) => faultsOf(inner, at));
  }
  return [{ pointer: at, message: issue.message }];
}

/** zod issues as a validation problem; `where` says which part of the request they are in. */
export function validationProblem(issues: readonly Issue[], where: string): ProblemError {
  const faults = issues.flatMap((issue) => faultsOf(issue, '')).slice(0, 50);
  const first = faults[0];
  const detail = first ? `${where} ${first.pointer === '' ? '' : `${first.pointer}: `}${first.message}` : `${where} does not fit the schema`;
  return new ProblemError('validation_failed', detail, { faults });
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

/** Where strings hold lone surrogates (they have no UTF-8 form, so no endpoint could be sent them); keys count too. */
export function illFormed(value: unknown): Fault[] {
  // nearly every body is, and pointers into it are made for those that are not
  return isWellFormed(value) ? [] : faultsAt(value, '');
}

function faultsAt(value: unknown, pointer: string): Fault[] {
  if (typeof value === 'string') {
    return value.isWellFormed() ? [] : [{ pointer, message: 'holds a lone surrogate, which is not Unicode text' }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => faultsAt(item, `${pointer}/${index}`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      key.isWellFormed() ? faultsAt(item, pointerOf([key], pointer)) : [{ pointer, message: 'has a key with a lone surrogate' }],
    );
  }
  return [];
}
