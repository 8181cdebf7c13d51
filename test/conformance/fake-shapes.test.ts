import { afterAll, describe, expect, it } from 'vitest';
import { endpointFixtures } from '../helpers/endpoint-fixtures.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';

/*
 * The fakes answer as real servers do: every reply of theirs has the keys and types of the fixture of that route.
 */

/** What real replies have and no reader of ours reads, so that fakes may leave it out. */
const UNREAD = new Set([
  'created', 'created_at', 'completed_at', 'model', 'system_fingerprint', 'service_tier', 'metadata', 'kv_transfer_params', 'stop_reason',
  'matched_stop', 'audio', 'annotations', 'reasoning', 'reasoning_content', 'function_call', 'tool_calls', 'refusal', 'audio_tokens',
  'reasoning_tokens', 'completion_tokens_details', 'timings', 'prompt_ms', 'background', 'instructions', 'max_output_tokens', 'max_tool_calls',
  'parallel_tool_calls', 'previous_response_id', 'store', 'temperature', 'text_format', 'tool_choice', 'tools', 'top_p', 'truncation', 'user',
  'weight_version', 'e2e_latency', 'total_retractions', 'cached_tokens_details', 'total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration', 'error',
  'incomplete_details', 'output_tokens_details', 'default_generation_settings', 'model_alias', 'model_ftype', 'model_path', 'modalities',
  'media_marker', 'endpoint_slots', 'endpoint_props', 'endpoint_metrics', 'ui', 'ui_settings', 'chat_template', 'chat_template_caps', 'bos_token',
  'eos_token', 'build_info', 'is_sleeping', 'cors_proxy_enabled',
]);
/** Fields that one route asks for by another and every server echoes, of /responses. */
const ECHOED = new Set(['reasoning', 'text', 'top_logprobs']);
/** Objects whose keys are tokens. */
const MAPS = /(?:prompt_logprobs|logprobs\.top_logprobs)\[\]$/;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

/** Where a reply has other keys or types than the real one. null stands for a value that is not there. */
function differences(real: unknown, fake: unknown, path = ''): string[] {
  if (real === null || fake === null || real === undefined || fake === undefined) return [];
  if (kindOf(real) !== kindOf(fake)) return [`${path}: a ${kindOf(fake)}, really a ${kindOf(real)}`];
  if (Array.isArray(real) && Array.isArray(fake)) {
    const one = (real as unknown[]).find((each) => each !== null);
    return [...new Set((fake as unknown[]).flatMap((each) => differences(one, each, `${path}[]`)))];
  }
  if (!isFields(real) || !isFields(fake)) return [];
  if (MAPS.test(path)) return Object.values(fake).flatMap((each) => differences(Object.values(real)[0], each, `${path}.*`));
  const isThere = (value: unknown): boolean => value !== null && value !== undefined;
  const left = Object.keys(real).filter((key) => isThere(real[key]) && !(key in fake) && !UNREAD.has(key) && !(path === '' && ECHOED.has(key)));
  const added = Object.keys(fake).filter((key) => isThere(fake[key]) && !(key in real));
  return [
    ...left.map((key) => `${path}.${key}: left out`),
    ...added.map((key) => `${path}.${key}: really not there`),
    ...Object.keys(fake).filter((key) => key in real).flatMap((key) => differences(real[key], fake[key], `${path}.${key}`)),
  ];
}

const all = endpointFixtures();
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const each of open) await each.close();
});

const common: ModelServerOptions = { answer: () => ' Oslo.', topLogprobs: 20, alternatives: [' Bergen', ' The'] };
const FAKES: Record<string, ModelServerOptions> = {
  'vllm/tokenize-chat-answer': { ...common, vllm: {}, pieces: 'none' },
  openai: { ...common, openai: {} },
  vllm: { ...common, vllm: {}, keyed: 'raw' },
  sglang: { ...common, sglang: {} },
  'llama.cpp': { ...common, native: {} },
  ollama: { ...common, ollama: {} },
  tgi: { ...common, tgi: {} },
};

/** Ids of the fake's for those of a fixture: it has as many as it has seen tokens. */
const PROMPT = 'The capital of Norway is Oslo.';
const IDS = [0, 1, 2, 3, 4, 5, 6];
const asSeen = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const list = value as unknown[];
    if (list.length > 0 && list.every((each) => typeof each === 'number')) return list.length === 1 ? [IDS[6]] : IDS.slice(0, Math.min(list.length, IDS.length));
    return list.map(asSeen);
  }
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asSeen(each)])) : value;
};

/** The same question with token ids that the fake knows. */
function bodyFor(body: Fields): Fields {
  const asked = asSeen(body) as Fields;
  const sampling = asked['sampling_params'] as Fields | undefined;
  // vLLM wants a row for each token behind the start, the trace as it is
  if (sampling?.['prompt_logprob_token_ids']) return { ...asked, token_ids: IDS, sampling_params: { ...sampling, prompt_logprob_start: 4 } };
  if (sampling?.['trace_decode_token_ids']) return { ...asked, sampling_params: { ...sampling, trace_decode_token_ids: [5, 6] } };
  if (typeof asked['grammar'] === 'string') return { ...asked, grammar: 'root ::= <[5]> <[6]>' };
  return asked;
}

const replies = [...all].filter(([name, { status }]) => status === 200 && !name.startsWith('gateway/') && !name.includes('azure'));

describe('the fake of', () => {
  it.each(replies)('%s', async (name, { request, reply }) => {
    const server = await startModelServer(FAKES[name] ?? FAKES[name.split('/')[0] ?? '']);
    open.push(server);
    const root = server.url.replace(/\/v1$/, '');
    const post = (path: string, body: Fields) => fetch(root + path, { method: request.method, headers: { 'content-type': 'application/json' }, ...(request.method === 'GET' ? {} : { body: JSON.stringify(body) }) });
    await fetch(`${server.url}/completions`, { method: 'POST', body: JSON.stringify({ prompt: PROMPT, max_tokens: 1 }) });
    const answered = await post(request.path, bodyFor(request.body ?? {}));
    const said: unknown = await answered.json();
    expect(answered.status, JSON.stringify(said)).toBe(200);
    expect(differences(reply, said)).toEqual([]);
  });

  it('tells a reply that is otherwise', () => {
    expect(differences({ a: 1, b: [{ c: 'x' }], created: 1 }, { a: '1', b: [{ c: 'y', d: 1 }, null] })).toEqual(['.a: a string, really a number', '.b[].d: really not there']);
    expect(differences({ usage: { prompt_tokens: 1 } }, { usage: {} })).toEqual(['.usage.prompt_tokens: left out']);
  });
});
