import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const KINDS: Record<string, string> = {
  string: 'a string', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object',
  record: 'an object', null: 'null', date: 'a date', bigint: 'a whole number', undefined: 'nothing',
};
const FORMATS: Record<string, string> = { url: 'a URL', uuid: 'a UUID', email: 'an e-mail address', datetime: 'a date and time (ISO 8601)', date: 'a date', ipv4: 'an IP address', ipv6: 'an IP address' };

const named = (expected: string): string => KINDS[expected] ?? expected;

const listed = (values: readonly unknown[]): string => {
  const texts = values.map((value) => JSON.stringify(value) ?? 'nothing');
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(', ')}`;
};

function received(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (Number.isNaN(input)) return 'NaN';
  if (typeof input === 'number' && Number.isSafeInteger(input)) return 'a whole number';
  return named(typeof input);
}

/** What holds so many of it, as a noun; empty where the number itself is meant. */
const COUNTED: Record<string, string> = { string: 'character', array: 'item', set: 'item', map: 'entry', record: 'entry' };

function counted(origin: string, count: number | bigint): string {
  const noun = COUNTED[origin] ?? 'item';
  if (Number(count) === 1) return `${count} ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

function bounded(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  if (issue.origin in COUNTED) {
    if (issue.exact) return `must have exactly ${counted(issue.origin, limit)}`;
    return small && Number(limit) === 1 ? 'must not be empty' : `must have at ${small ? 'least' : 'most'} ${counted(issue.origin, limit)}`;
  }
  if (issue.inclusive === false) return `must be ${small ? 'more' : 'less'} than ${limit}`;
  return `must be at ${small ? 'least' : 'most'} ${limit}`;
}

/** The kinds of value that a union takes, where that is all that is wrong. */
function kindsOf(errors: readonly (readonly z.core.$ZodIssue[])[]): string[] {
  const first = errors.flatMap(([issue]) => (issue?.path.length === 0 ? [issue] : []));
  if (first.length < errors.length) return [];
  return [...new Set(first.flatMap((issue) => {
    if (issue.code === 'invalid_type') return [named(issue.expected)];
    return issue.code === 'invalid_value' ? [listed(issue.values)] : [];
  }))];
}

function united(issue: Extract<Issue, { code: 'invalid_union' }>): string | undefined {
  if ('options' in issue && Array.isArray(issue.options)) return `must be ${listed(issue.options)}`;
  const kinds = kindsOf(issue.errors);
  return kinds.length > 0 ? `must be ${kinds.join(' or ')}` : undefined;
}

/**
 * What is wrong with a value, in words for whoever sent it: to be given to zod as `error` when it parses what came from
 * outside. Words that a schema has of its own go before these. The value itself is never quoted: it may be a secret.
 */
export function wording(issue: Issue): string | undefined {
  const missing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      if (missing) return `is required: ${named(issue.expected)}`;
      // 1.5 is a number, and "not a number" would be wrong
      return `must be ${named(issue.expected)}${issue.expected === 'int' && typeof issue.input === 'number' ? '' : `, not ${received(issue.input)}`}`;
    case 'invalid_value':
      return `${missing ? 'is required:' : 'must be'} ${listed(issue.values)}`;
    case 'too_small':
    case 'too_big':
      return bounded(issue);
    case 'invalid_format':
      return FORMATS[issue.format] ? `must be ${FORMATS[issue.format]}` : issue.format === 'regex' ? `must match ${issue.pattern}` : undefined;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union': {
      const words = united(issue);
      return missing ? words?.replace(/^must be/, 'is required:') : words;
    }
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
    default:
      return undefined;
  }
}
