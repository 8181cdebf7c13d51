import { afterAll, describe, expect, it } from 'vitest';
import { AlignedWeigher } from '../../src/endpoints/aligned/weigher.ts';
import { askAgain, type Form, forAnswers } from '../../src/endpoints/again.ts';
import { forOpenings } from '../../src/endpoints/openings/form.ts';
import { chatSample } from '../../src/endpoints/probe/sample.ts';
import type { OpeningForm } from '../../src/endpoints/shapes/shape.ts';
import { readProps } from '../../src/endpoints/ways/forcing/replies.ts';
import { ForcingWeigher } from '../../src/endpoints/ways/forcing/weigher.ts';
import { byIds, byKeyedIds } from '../../src/endpoints/ways/ids.ts';
import { byPrefill } from '../../src/endpoints/ways/prefill.ts';
import { byGenerate } from '../../src/endpoints/ways/sglang/way.ts';
import { byText } from '../../src/endpoints/ways/text.ts';
import { byDetails } from '../../src/endpoints/ways/tgi/way.ts';
import { bySuffix } from '../../src/endpoints/ways/vllm/suffix.ts';
import { byTrace } from '../../src/endpoints/ways/vllm/trace.ts';
import type { Desk, Way, Weigher } from '../../src/endpoints/ways/way.ts';
import type { Call } from '../../src/core/types.ts';
import { endpointFixtures, type Fixture, replay } from '../helpers/endpoint-fixtures.ts';
import { answer, never, note, openDesk } from '../helpers/endpoint-kit.ts';

/*
 * Every reply of a real server that is kept in test/fixtures/endpoints goes over HTTP through the reader that is meant for
 * it. The server of these tests answers nothing but the requests of the fixtures, so what is sent is tested as well.
 */

const all = endpointFixtures();
const read = new Set<string>();
const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const each of open) await each.close();
});

/** A desk at a server that answers as these fixtures do. */
async function deskOf(names: readonly string[]): Promise<Desk> {
  const fixtures = names.map((name): Fixture => {
    const found = all.get(name);
    if (!found) throw new Error(`there is no fixture ${name}`);
    read.add(name);
    return found;
  });
  const server = await replay(fixtures);
  const model = fixtures.map(({ request }) => request.body?.['model']).find((each) => typeof each === 'string');
  const desk = openDesk(server.url, model ?? 'none', { concurrency: 1 });
  open.push(desk, server);
  return desk;
}

/** The call that a fixture's request was made of. */
function callOf(name: string): Call {
  const { store: _, ...call } = all.get(name)?.request.body ?? {};
  return call;
}

async function ask(name: string, calls: readonly Call[], form: Form) {
  const desk = await deskOf([name]);
  return note(calls.length, (options) => askAgain(calls, form, { ...desk, lists: () => Promise.resolve(true) }, options));
}

describe('an answer and what it took', () => {
  it.each([
    ['openai/chat', 'Oslo.', 'stop', [1294, 1152, 2]],
    ['openai/responses', 'Oslo.', 'stop', [1294, 1152, 2]],
    ['openai/azure-chat', 'Oslo.', 'stop', [14, 0, 2]],
    ['vllm/chat', 'Oslo.', 'stop', [10, 0, 3]],
    ['sglang/chat', 'Oslo.', 'stop', [10, 0, 3]],
    ['llama.cpp/chat', 'A tortoise.', 'stop', [18, 0, 4]],
    ['llama.cpp/responses', 'A tortoise.', 'stop', [18, 1, 4]],
    ['llama.cpp/chat-unknown-model', 'A tortoise.', 'stop', [18, 0, 4]],
    ['ollama/chat', 'Oslo.', 'stop', [32, 0, 3]],
    ['ollama/completion', 'Oslo.', 'stop', [30, 0, 3]],
    ['tgi/chat', 'Oslo.', 'stop', [10, 0, 3]],
    ['tgi/completion', ' Oslo.', 'stop', [6, 0, 3]],
    ['gateway/chat', 'Oslo.', 'stop', [1294, 1024, 2]],
  ])('%s', async (name, text, finishReason, [promptTokens, cachedTokens, completionTokens]) => {
    const { outcomes, usage } = await ask(name, [callOf(name)], forAnswers);
    expect(outcomes).toEqual([{ kind: 'generated', completion: { text, toolCalls: [], finishReason } }]);
    expect(usage).toMatchObject({ promptTokens, cachedTokens, completionTokens, httpRequests: 1 });
  });

  it.each([
    ['openai/completion-list', [' Oslo.', ' Lima.'], [10, 4]],
    // counts the first of its prompts only
    ['llama.cpp/completion-list', [' A tortoise.', ' pony at home'], [38, 6]],
  ])('%s, one for each prompt', async (name, texts, [promptTokens, completionTokens]) => {
    const { prompt, ...rest } = callOf(name);
    const { outcomes, usage } = await ask(name, (prompt as string[]).map((each) => ({ ...rest, prompt: each })), forAnswers);
    expect(outcomes.map((outcome) => (outcome?.kind === 'generated' ? outcome.completion.text : null))).toEqual(texts);
    expect(usage).toMatchObject({ promptTokens, completionTokens, httpRequests: 1 });
  });

  it('ollama/generate, by counts of its own', async () => {
    const desk = await deskOf(['ollama/generate']);
    const used: number[] = [];
    const { body } = all.get('ollama/generate')?.request ?? {};
    await desk.channel.post({ path: '/api/generate', root: true, body: body ?? {} }, (reply) => reply, { signal: never, patience: desk.channel.patience(), onUsage: ({ promptTokens, completionTokens }) => used.push(promptTokens, completionTokens) });
    expect(used).toEqual([6, 1]);
  });
});

describe('what an answer may begin with', () => {
  const LENGTHS = ['max_tokens', 'max_output_tokens'] as const;
  /** The form of a request, as the probe would have found it. */
  function formOf({ body }: Fixture['request']): OpeningForm {
    const length = LENGTHS.find((name) => body?.[name] !== undefined) ?? 'max_tokens';
    const top = body?.['top_logprobs'] ?? body?.['logprobs'];
    return { top: Number(top), length, tokens: Number(body?.[length]) };
  }

  it.each([
    ['openai/chat-logprobs', 20, [['Oslo', -0.125], ['Bergen', -4]]],
    ['openai/responses-logprobs', 20, [['Oslo', -0.125], ['Bergen', -4]]],
    ['openai/completion-logprobs', 5, [[' Oslo', -0.25], [' Bergen', -4]]],
    ['vllm/chat-logprobs', 20, [['Oslo', -0.125], ['Bergen', -4]]],
    ['sglang/chat-logprobs', 20, [['Oslo', -0.125], ['Bergen', -4]]],
    ['llama.cpp/chat-logprobs', 2, [['A', -0.000176504923729226], ['I', -8.710271835327148]]],
    ['llama.cpp/completion-logprobs', 2, [[' A', -0.0008164996397681534], [' I', -7.450496673583984]]],
    ['ollama/chat-logprobs', 20, [['Oslo', -0.125], ['Bergen', -4]]],
    ['tgi/chat-logprobs', 5, [['Oslo', -0.125], ['Bergen', -4]]],
  ])('%s', async (name, count, first) => {
    const fixture = all.get(name) as Fixture;
    const { outcomes } = await ask(name, [callOf(name)], forOpenings(formOf(fixture.request)));
    const top = outcomes[0]?.kind === 'opened' ? outcomes[0].top : [];
    expect(top).toHaveLength(count);
    expect(top.slice(0, 2).map(({ token, logprob }) => [token, logprob])).toEqual(first);
  });

  it.each([
    ['openai/chat-aligned', 'Oslo.', [4, 5], [-0.125, -0.5]],
    ['ollama/chat-aligned', 'Oslo.', [4, 5], [-0.125, -0.5]],
    ['llama.cpp/chat-aligned', 'A tortoise.', [1, 10, 11], [-0.000176504923729226, -0.00029431143775582314, 0]],
  ])('%s: every token of it', async (name, text, ends, logprobs) => {
    const desk = await deskOf([name]);
    const cut = await new AlignedWeigher(desk, { top: 2, length: 'max_tokens', tokens: 1 }).grid(callOf(name), answer(text), never);
    expect({ ends: [...cut.ends], logprobs: [...(cut.logprobs ?? [])] }).toEqual({ ends, logprobs });
  });

  it('vllm/chat-sample: what the probe compares with, ids included', async () => {
    const sample = await chatSample(await deskOf(['vllm/chat-sample']), { signal: never, patience: { leftMs: 0 } });
    expect(sample).toMatchObject({ text: 'Oslo.', logprobs: [-0.125, -0.5], firstToken: 'Oslo', ids: [501, 13], promptIds: [1, 200, 201, 202, 203, 204, 205, 206, 207, 4] });
  });
});

describe('the log-probabilities of a given answer', () => {
  const question = { messages: [{ role: 'user', content: 'What is the capital of Norway?' }], temperature: 0 };
  const prompt = 'The capital of Norway is';
  const revived = (way: Way, recipe: unknown) => (desk: Desk) => way.revive?.(desk, recipe) as Weigher;
  const forced = (desk: Desk): Weigher => new ForcingWeigher(desk, { count: 1, kept: true }, true);
  const TORTOISE = [-0.000176504923729226, -0.00029431143775582314, 0];

  it.each<[string, string[], (desk: Desk) => Weigher, Call, string, number[], number[] | null]>([
    ['vllm-suffix, where the cache reached into the answer', ['vllm/tokenize-answer', 'vllm/tokenize-prompt', 'vllm/generate-scores-cached', 'vllm/generate-scores'], revived(bySuffix, { form: 'cached', lists: false }), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['vllm-trace', ['vllm/tokenize-answer', 'vllm/tokenize-prompt', 'vllm/generate-trace'], revived(byTrace, { form: 'trace', lists: false }), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['text, echoed by vLLM', ['vllm/completion-text'], revived(byText, { form: { logprobs: 1, maxTokens: 1, returnIds: false }, lists: false }), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['text, echoed by SGLang', ['sglang/completion-text'], revived(byText, { form: { logprobs: 1, maxTokens: 1, returnIds: false }, lists: false }), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['prefill', ['vllm/chat-prefill'], revived(byPrefill, null), question, 'Oslo.', [4, 5], [-0.125, -0.5]],
    ['ids of a chat, the answer detokenized prefix by prefix', ['vllm/tokenize-chat-answer', 'vllm/detokenize-1', 'vllm/detokenize-2'], revived(byIds, { form: 'echo 0', lists: true }), question, 'Oslo.', [4, 5], null],
    ['sglang-generate', ['sglang/tokenize-prompt', 'sglang/tokenize-answer', 'sglang/detokenize', 'sglang/generate'], revived(byGenerate, { form: 'max_new_tokens 0', lists: true }), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['sglang-generate of a chat', ['sglang/chat-prompt-ids', 'sglang/tokenize-chat-answer', 'sglang/detokenize-chat-answer', 'sglang/generate-chat'], revived(byGenerate, { form: 'max_new_tokens 0', lists: true }), question, 'Oslo.', [4, 5], [-0.125, -0.5]],
    ['tgi-details', ['tgi/tokenize', 'tgi/generate'], revived(byDetails, null), { prompt }, ' Oslo.', [5, 6], [-0.25, -0.75]],
    ['tgi-details of a chat', ['tgi/chat-tokenize', 'tgi/tokenize-chat', 'tgi/generate-chat'], revived(byDetails, null), question, 'Oslo.', [4, 5], [-0.125, -0.5]],
    ['forcing', ['llama.cpp/tokenize-answer', 'llama.cpp/apply-template', 'llama.cpp/tokenize-prompt', 'llama.cpp/completion-forced'], forced, callOf('llama.cpp/apply-template'), 'A tortoise.', [1, 10, 11], TORTOISE],
  ])('%s', async (_, names, weigherOf, call, text, ends, logprobs) => {
    const weigher = weigherOf(await deskOf(names));
    const cut = await weigher.grid(call, answer(text), never);
    expect({ ends: [...cut.ends], logprobs: cut.logprobs && [...cut.logprobs] }).toEqual({ ends, logprobs });
  });

  it.each<[string, string[], (desk: Desk) => Weigher, Call[], string, number[], number[][], number, number]>([
    ['ids', ['vllm/tokenize-prompt', 'vllm/tokenize-prompt-perturbed', 'vllm/tokenize-answer', 'vllm/completion-echo'], revived(byIds, { form: 'echo 0', lists: true }), [{ prompt }, { prompt: 'The capital of is' }], ' Oslo.', [5, 6], [[-0.25, -0.75], [-3.5, -0.75]], 15, 0],
    ['keyed-ids', ['vllm/tokenize-prompt', 'vllm/tokenize-prompt-perturbed', 'vllm/tokenize-answer', 'vllm/completion-keyed'], revived(byKeyedIds, { form: 'prompt_logprobs', lists: true }), [{ prompt }, { prompt: 'The capital of is' }], ' Oslo.', [5, 6], [[-0.25, -0.75], [-3.5, -0.75]], 15, 0],
    ['sglang-generate', ['sglang/tokenize-prompt', 'sglang/tokenize-prompt-perturbed', 'sglang/tokenize-answer', 'sglang/detokenize', 'sglang/generate-list'], revived(byGenerate, { form: 'max_new_tokens 0', lists: true }), [{ prompt }, { prompt: 'The capital of is' }], ' Oslo.', [5, 6], [[-0.25, -0.75], [-3.5, -0.75]], 15, 9],
    ['forcing', ['llama.cpp/tokenize-answer', 'llama.cpp/tokenize-list-0', 'llama.cpp/tokenize-list-1', 'llama.cpp/completion-forced-list'], forced, [callOf('llama.cpp/tokenize-list-0')['content'], callOf('llama.cpp/tokenize-list-1')['content']].map((text) => ({ prompt: text })), 'A tortoise.', [1, 10, 11], [[-12.141267776489258, -0.0009628399857319891, 0], [-14.315776824951172, -4.291635990142822, -3.70707106590271]], 23, 2],
  ])('%s, as a list', async (_, names, weigherOf, calls, text, ends, logprobs, promptTokens, cachedTokens) => {
    const weigher = weigherOf(await deskOf(names));
    const { outcomes, usage } = await note(calls.length, (options) => weigher.weigh(calls, answer(text), { ends: Int32Array.from(ends) }, options));
    expect(outcomes.map((outcome) => (outcome?.kind === 'weighed' ? [...outcome.logprobs] : outcome))).toEqual(logprobs);
    expect(usage).toMatchObject({ promptTokens, cachedTokens });
  });

  it('tgi/generate-plain: none from a server that was not started to give them', async () => {
    const weigher = byDetails.revive?.(await deskOf(['tgi/tokenize', 'tgi/generate-plain']), null);
    await expect(weigher?.grid({ prompt }, answer(' Oslo.'), never)).rejects.toThrow('was not started to give them');
  });

  it('vllm/tokenize-chat: what a chat is read as', async () => {
    const desk = await deskOf(['vllm/tokenize-chat']);
    const { messages } = question;
    await expect(desk.channel.post({ path: '/tokenize', root: true, body: { model: desk.model, messages, add_generation_prompt: true } }, (reply) => (reply as { tokens: number[] }).tokens, { signal: never, patience: desk.channel.patience() })).resolves.toHaveLength(10);
  });

  it('llama.cpp/props: how many slots there are', async () => {
    const desk = await deskOf(['llama.cpp/props']);
    await expect(desk.channel.post({ path: '/props', root: true, method: 'get', body: {} }, readProps, { signal: never, patience: desk.channel.patience() })).resolves.toMatchObject({ total_slots: 2 });
  });
});

it('reads every reply that is kept and is no error', () => {
  expect([...all.keys()].filter((name) => !name.includes('/error-') && !name.includes('/azure-error-') && !read.has(name))).toEqual([]);
});
