import { afterAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/endpoints/http/fault.ts';
import { createClient } from '../../src/endpoints/http/client.ts';
import { failed, problemOf } from '../../src/endpoints/problems.ts';
import { endpointFixtures, type Fixture, replay } from '../helpers/endpoint-fixtures.ts';
import { never, settingsAt } from '../helpers/endpoint-kit.ts';

/*
 * Every error of a real server that is kept in test/fixtures/endpoints, over HTTP: what an item says of it, what the job
 * fails with where it is no item's, how often it is asked again and how long is waited.
 */

const all = endpointFixtures();
const read = new Set<string>();
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const each of open) await each.close();
});

async function faultOf(name: string): Promise<Fault> {
  const fixture = all.get(name) as Fixture;
  read.add(name);
  const server = await replay([fixture]);
  const client = createClient(settingsAt(server.url, {}), () => 0);
  open.push(client, server);
  const { path, body } = fixture.request;
  const request = { path: path.replace(/^\/v1/, ''), root: !path.startsWith('/v1'), body: body ?? {} };
  const fault = await client.post(request, never).then(
    () => null,
    (error: unknown) => error,
  );
  expect(server.strays).toEqual([]);
  expect(fault).toBeInstanceOf(Fault);
  return fault as Fault;
}

const REFUSED = 'endpoint_refused';
const AWAY = 'endpoint_unreachable';

describe('an error', () => {
  it.each<[string, string, string, number, number | null]>([
    ['openai/error-401', 'http 401: invalid_api_key', REFUSED, 1, null],
    ['openai/error-404-model', 'http 404: model_not_found: The model `…` does not exist.', REFUSED, 1, null],
    ['openai/error-400-context', "http 400: context_length_exceeded: This model's maximum context length is 128000 tokens, and the messages have 130012.", REFUSED, 1, null],
    ['openai/error-400-echo', 'http 400: invalid_parameter_combination: echo and logprobs cannot be used together', REFUSED, 1, null],
    ['openai/error-429', 'http 429: rate_limit_exceeded: Rate limit reached for requests per minute.', AWAY, 6, 6_120],
    ['openai/error-429-limits', 'http 429: rate_limit_exceeded: Rate limit reached for tokens per minute.', AWAY, 6, 90_000],
    ['openai/error-429-quota', 'http 429: insufficient_quota: You exceeded your current quota.', REFUSED, 1, null],
    ['openai/error-503', 'http 503: server_error: The server is overloaded.', AWAY, 6, 2_000],
    ['openai/azure-error-401', 'http 401', REFUSED, 1, null],
    ['openai/azure-error-404-model', 'http 404: DeploymentNotFound: There is no such … in this resource.', REFUSED, 1, null],
    ['openai/azure-error-400-filter', 'http 400: content_filter: The prompt was filtered by the content policy.', REFUSED, 1, null],
    ['openai/azure-error-429', 'http 429: Requests exceed the token rate limit of this tier.', AWAY, 6, 12_000],
    ['vllm/error-401', 'http 401', REFUSED, 1, null],
    ['vllm/error-404-model', 'http 404: NotFoundError: The model `…` does not exist.', REFUSED, 1, null],
    ['vllm/error-400-context', "http 400: BadRequestError: This model's maximum context length is 4096 tokens, and the prompt has 5012 input tokens.", REFUSED, 1, null],
    ['vllm/error-400-flat', "http 400: BadRequestError: This model's maximum context length is 4096 tokens, and the prompt has 5012 input tokens.", REFUSED, 1, null],
    ['vllm/error-400-logprobs', 'http 400: BadRequestError: … must be at most 5.', REFUSED, 1, null],
    ['vllm/error-500-engine', 'http 500: InternalServerError: The engine is dead.', AWAY, 6, null],
    ['vllm/error-503', 'http 503: ServiceUnavailableError: The server is not ready.', AWAY, 6, null],
    ['sglang/error-401', 'http 401', REFUSED, 1, null],
    ['sglang/error-400-context', 'http 400: BadRequestError: The input (5012 tokens) is longer than the context length of the model (4096 tokens).', REFUSED, 1, null],
    ['sglang/error-400-generate', 'http 400: … must be an integer', REFUSED, 1, null],
    ['sglang/error-503', 'http 503: ServiceUnavailable: The server is shutting down.', AWAY, 6, null],
    ['llama.cpp/error-401', 'http 401: authentication_error', REFUSED, 1, null],
    ['llama.cpp/error-404-route', 'http 404: not_found_error: File Not Found', REFUSED, 1, null],
    ['llama.cpp/error-400-context', 'http 400: exceed_context_size_error: request (602 tokens) exceeds the available context size (512 tokens), try increasing it', REFUSED, 1, null],
    ['llama.cpp/error-400-field', "http 400: invalid_request_error: [json.exception.out_of_range.403] key 'prompt' not found", REFUSED, 1, null],
    ['llama.cpp/error-501-embeddings', 'http 501: not_supported_error: This server does not support embeddings. Start it with `--embeddings`', REFUSED, 1, null],
    ['llama.cpp/error-503-loading', 'http 503: unavailable_error: Loading model', AWAY, 6, null],
    ['ollama/error-401', 'http 401', REFUSED, 1, null],
    ['ollama/error-404-model', "http 404: not_found_error: model '…' not found", REFUSED, 1, null],
    ['ollama/error-400-context', 'http 400: invalid_request_error: the input length exceeds the context length', REFUSED, 1, null],
    ['ollama/error-503', 'http 503: api_error: server busy, please try again: too many pending requests', AWAY, 6, null],
    ['tgi/error-401', 'http 401', REFUSED, 1, null],
    ['tgi/error-422-context', 'http 422: Input validation error: `inputs` must have less than 4096 tokens, given: 5012', REFUSED, 1, null],
    ['tgi/error-429', 'http 429: Model is overloaded', AWAY, 6, null],
    ['tgi/error-424', 'http 424: Request failed during generation: out of memory', REFUSED, 1, null],
    ['tgi/error-503', 'http 503: unhealthy', AWAY, 6, null],
    ['gateway/error-200', 'http 502: Provider returned error', AWAY, 6, null],
    ['gateway/error-200-choice', 'http 502: Provider disconnected', AWAY, 6, null],
    ['gateway/error-401', 'http 401', REFUSED, 1, null],
    ['gateway/error-402', 'http 402: Insufficient credits', REFUSED, 1, null],
    ['gateway/error-404-model', 'http 404: No endpoints found for ….', REFUSED, 1, null],
    ['gateway/error-429', 'http 429: Rate limit exceeded', AWAY, 6, 40_000],
    ['gateway/error-502', 'http 502: Provider returned error', AWAY, 6, null],
    ['gateway/error-503', 'http 503: No provider meets the routing requirements', AWAY, 6, null],
    ['gateway/error-400-context', 'http 400: litellm.ContextWindowExceededError: the maximum context length is 8192 tokens', REFUSED, 1, null],
    ['gateway/error-422-detail', 'http 422: missing: Field required', REFUSED, 1, null],
  ])('%s', async (name, reason, code, tries, retryAfterMs) => {
    const fault = await faultOf(name);
    expect(failed(fault)).toEqual({ kind: 'failed', reason });
    expect(problemOf(fault)).toMatchObject({ code, message: expect.stringContaining(reason) as string });
    expect({ tries: fault.tries, retryAfterMs: fault.retryAfterMs }).toEqual({ tries, retryAfterMs });
    // no key, no model, no money: nothing else can succeed
    expect(fault.endsAll).toBe([401, 402, 404].includes(fault.status ?? 0) || name.endsWith('-quota'));
  });

  it('of every dialect is read, and all that are kept', () => {
    const kept = [...all.keys()].filter((name) => /\/(azure-)?error-/.test(name));
    expect(kept.filter((name) => !read.has(name))).toEqual([]);
    expect([...new Set(kept.map((name) => name.split('/')[0]))]).toEqual(['gateway', 'llama.cpp', 'ollama', 'openai', 'sglang', 'tgi', 'vllm']);
  });
});
