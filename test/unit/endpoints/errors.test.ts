import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorInside, readErrorBody } from '../../../src/endpoints/http/error-body.ts';
import { Fault } from '../../../src/endpoints/http/fault.ts';
import { redact } from '../../../src/endpoints/http/redact.ts';
import { retryAfterMs } from '../../../src/endpoints/http/retry-after.ts';
import { problemOf } from '../../../src/endpoints/problems.ts';

describe('error bodies', () => {
  it.each([
    ['OpenAI', { error: { message: 'm', type: 't', param: null, code: 'c' } }, { code: 'c', message: 'm', status: null }],
    ['unwrapped by the client', { message: 'm', type: 't', param: null, code: null }, { code: 't', message: 'm', status: null }],
    [
      'old vLLM',
      { object: 'error', message: 'm', type: 'BadRequestError', param: null, code: 400 },
      { code: 'BadRequestError', message: 'm', status: 400 },
    ],
    [
      'llama.cpp',
      { error: { code: 400, message: 'm', type: 'exceed_context_size_error', n_ctx: 16_384 } },
      { code: 'exceed_context_size_error', message: 'm', status: 400 },
    ],
    ['TGI', { error: 'm', error_type: 'overloaded' }, { code: 'overloaded', message: 'm', status: null }],
    ['TGI, unwrapped', 'm', { code: null, message: 'm', status: null }],
    [
      'Ollama',
      { error: { message: 'm', type: 'api_error', param: null, code: null } },
      { code: 'api_error', message: 'm', status: null },
    ],
    ['FastAPI, a text', { detail: 'm' }, { code: null, message: 'm', status: null }],
    [
      'FastAPI, a list',
      { detail: [{ loc: ['body'], msg: 'a', type: 'missing', input: 'quoted' }, { msg: 'b' }] },
      { code: 'missing', message: 'a; b', status: null },
    ],
    [
      'OpenRouter',
      { error: { code: 502, message: 'Provider returned error', metadata: { raw: 'quoted' } } },
      { code: null, message: 'Provider returned error', status: 502 },
    ],
    ['nothing', undefined, { code: null, message: '', status: null }],
    [
      'a code that is a sentence',
      { error: { code: 'no such thing here', type: 7, message: 3 } },
      { code: null, message: '', status: null },
    ],
  ])('%s', (_, body, expected) => {
    expect(readErrorBody(body)).toEqual(expected);
  });

  it('are seen inside a 200, and replies are not taken for one', () => {
    expect(
      [
        { error: { message: 'm' } },
        { error: 'm' },
        { object: 'error', message: 'm' },
        { status: 'failed', error: { code: 'c', message: 'm' }, output: [] },
        { choices: [{ text: 'half', error: { code: 502, message: 'm' } }] },
      ].map((body) => errorInside(body)?.message),
    ).toEqual(['m', 'm', 'm', 'm', 'm']);
    expect(
      [{ choices: [] }, { choices: [{ text: '', error: null }, null], error: null }, { output: [], error: null, status: 'completed' }, {}].map(errorInside),
    ).toEqual([null, null, null, null]);
  });
});

describe('redacting', () => {
  it('keeps what says what went wrong', () => {
    const message = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
    expect(redact(message, { messages: [{ content: 'Where is Oslo?' }] }, 'sk-1')).toBe(message);
  });

  it.each([
    ['whole', 'Bad prompt: my dog Rex ate it', 'Bad prompt: …'],
    ['cut', 'Bad prompt: my dog Re', 'Bad prompt: …'],
    ['escaped', String.raw`Bad prompt: "my dog\nRex ate it\u0021"`, 'Bad prompt: "…!"'],
    ['as a part of a word', 'xRex is unknown, Rex too', 'xRex is unknown, … too'],
    ['as harmless words in a row', 'Refused: please stop and try again later', 'Refused: please stop …'],
  ])('takes out a prompt that is quoted %s', (_, message, expected) => {
    expect(redact(message, { prompt: 'my dog Rex ate it', suffix: 'go and try again later' }, null)).toBe(expected);
  });

  it('takes out the key, and cuts at 200 characters', () => {
    expect(redact('key sk-abc123 is unknown', {}, 'sk-abc123')).toBe('key … is unknown');
    expect(redact('y'.repeat(500), {}, null)).toHaveLength(200);
  });

  it('leaves no word of a quoted text that is not harmless', () => {
    const word = fc.stringMatching(/^[a-z]{4,9}[0-9]{1,3}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat({ max: 8 }), (words, from) => {
        const prompt = words.join(' ');
        const kept = redact(`Cannot parse: ${JSON.stringify(words.slice(from % words.length).join('\n'))}`, { prompt }, null);
        for (const each of words) expect(kept).not.toContain(each);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [{ 'retry-after': '12' }, 12_000],
    [{ 'retry-after': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 01:00:00 GMT' }, 3_600_000],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': '86400' }, 86_400_000],
    [{ 'retry-after': '0' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:59 GMT' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('%j', (headers, expected) => {
    expect(retryAfterMs(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});

describe('faults', () => {
  const http = (status: number) => new Fault({ kind: 'http', status, detail: '' });

  it('say how often to try', () => {
    expect([408, 409, 429, 500, 503, 529, 599].map((status) => http(status).tries)).toEqual([6, 6, 6, 6, 6, 6, 6]);
    expect([400, 401, 402, 403, 404, 410, 413, 422, 501].map((status) => http(status).tries)).toEqual([
      1, 1, 1, 1, 1, 1, 1, 1, 1,
    ]);
    expect((['connection', 'timeout', 'malformed'] as const).map((kind) => new Fault({ kind, detail: '' }).tries)).toEqual([
      6, 3, 3,
    ]);
  });

  it('say whether one prompt may be at fault', () => {
    expect([400, 413, 422, 501].map((status) => http(status).refusesRequest)).toEqual([true, true, true, true]);
    expect([401, 403, 404, 408, 409, 429, 500].map((status) => http(status).refusesRequest)).toEqual(
      Array.from({ length: 7 }, () => false),
    );
    expect(new Fault({ kind: 'connection', detail: '', tooLarge: true }).refusesRequest).toBe(true);
  });

  it('become problems', () => {
    expect([400, 401, 404, 429, 500].map((status) => problemOf(http(status)).code)).toEqual([
      'endpoint_refused',
      'endpoint_refused',
      'endpoint_refused',
      'endpoint_unreachable',
      'endpoint_unreachable',
    ]);
    expect(
      (['connection', 'timeout', 'malformed'] as const).map((kind) => problemOf(new Fault({ kind, detail: '' })).code),
    ).toEqual(['endpoint_unreachable', 'endpoint_timeout', 'endpoint_malformed']);
  });
});
