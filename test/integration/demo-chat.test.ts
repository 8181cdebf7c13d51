import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import type { DemoServer } from '../../demo/server.ts';
import { heldOut, tokenizer } from '../unit/demo/support.ts';

let server: DemoServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startDemoServer({ threads: 1 });
  client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

type Message = OpenAI.ChatCompletionMessageParam;
type Extra = { token_ids?: number[] };

/** vLLM's fields, which the client passes on but does not type. */
interface Extended {
  prompt_token_ids?: number[];
  prompt_logprobs?: (Record<string, { logprob: number; rank: number; decoded_token: string }> | null)[];
}

const row = heldOut.find(({ kind }) => kind === 'chat')!;
const messages = row.messages as Message[];

async function ask(body: Record<string, unknown>): Promise<OpenAI.ChatCompletion & Extended> {
  const completion: OpenAI.ChatCompletion & Extended = await client.chat.completions.create({
    model: 'tiny-reader', messages, temperature: 0, ...body,
  });
  return completion;
}

describe('POST /v1/chat/completions, through the openai client', () => {
  it('answers held-out questions', async () => {
    for (const { messages: asked, model_answer } of heldOut.filter(({ kind }, i) => kind === 'chat' && i % 20 === 0)) {
      const { choices, object } = await ask({ messages: asked });
      expect(object).toBe('chat.completion');
      expect(choices[0]!.message).toEqual({ role: 'assistant', content: model_answer, refusal: null });
      expect(choices[0]!.finish_reason).toBe('stop');
      expect(choices[0]!.logprobs).toBeNull();
    }
  });

  it('reads the text parts of a message as the one text they make', async () => {
    const parts = [...row.sentences.map((text) => ({ type: 'text', text })), { type: 'text', text: row.question }];
    const split = await ask({ messages: [{ role: 'user', content: parts }], return_token_ids: true });
    const content = [...row.sentences, row.question].join('\n');
    const joined = await ask({ messages: [{ role: 'user', content }], return_token_ids: true });
    expect(split.prompt_token_ids).toEqual(joined.prompt_token_ids);
    expect(split.choices[0]!.message.content).toBe(row.model_answer);
  });

  it('tells how probable the tokens of its answer were', async () => {
    const { choices, usage } = await ask({ logprobs: true, top_logprobs: 20, return_token_ids: true });
    const { logprobs, message, ...rest } = choices[0]!;
    const tokens = logprobs!.content!;
    expect(tokens.map(({ token }) => token).join('')).toBe(message.content);
    expect((rest as Extra).token_ids).toEqual([...tokenizer.encode(message.content!), tokenizer.specialId('<|end|>')]);
    expect(usage!.completion_tokens).toBe(tokens.length + 1);
    for (const { token, bytes, logprob, top_logprobs } of tokens) {
      expect(Buffer.from(bytes!).toString()).toBe(token);
      expect(top_logprobs).toHaveLength(20);
      expect(top_logprobs[0]).toEqual({ token, logprob, bytes });
      expect(top_logprobs.map((top) => top.logprob)).toEqual(top_logprobs.map((top) => top.logprob).toSorted((a, b) => b - a));
      expect(top_logprobs.reduce((sum, top) => sum + Math.exp(top.logprob), 0)).toBeLessThanOrEqual(1 + 1e-9);
    }
    const bare = await ask({ logprobs: true });
    expect(bare.choices[0]!.logprobs!.content![0]!.top_logprobs).toEqual([]);
  });

  it('goes on with an open answer, and weighs it as it gave it', async () => {
    const { choices } = await ask({ logprobs: true });
    const answer = choices[0]!.message.content!;
    const opened = await ask({
      messages: [...messages, { role: 'assistant', content: answer }],
      add_generation_prompt: false, continue_final_message: true, prompt_logprobs: 0, max_tokens: 1, return_token_ids: true,
    });
    expect(opened.choices[0]!.message.content).toBe('');
    expect(opened.choices[0]!.finish_reason).toBe('stop');
    const answerIds = tokenizer.encode(answer);
    expect(opened.prompt_token_ids!.slice(-answerIds.length)).toEqual(answerIds);
    const weighed = opened.prompt_logprobs!.slice(-answerIds.length).map((entry, i) => entry![String(answerIds[i])]!.logprob);
    for (const [i, { logprob }] of choices[0]!.logprobs!.content!.entries()) expect(weighed[i]).toBeCloseTo(logprob, 6);
    const half = await ask({ messages: [...messages, { role: 'assistant', content: 'A' }], continue_final_message: true });
    expect(half.choices[0]!.message.content).toBe(' tortoise.');
  });

  it('takes its own answer back as a turn', async () => {
    const { choices } = await ask({});
    const next = await ask({ messages: [...messages, choices[0]!.message, { role: 'user', content: row.question }] });
    expect(next.choices[0]!.finish_reason).toBe('stop');
    expect(next.usage!.prompt_tokens_details!.cached_tokens).toBeGreaterThan(50);
  });

  it('gives n answers by one seed, the same each time', async () => {
    const draw = async (more: Record<string, unknown>): Promise<(string | null)[]> => {
      const { choices } = await ask({ temperature: 2, seed: 11, max_completion_tokens: 8, ignore_eos: true, ...more });
      return choices.map(({ message }) => message.content);
    };
    const three = await draw({ n: 3 });
    expect(three).toHaveLength(3);
    expect(new Set(three).size).toBeGreaterThan(1);
    expect(await draw({ n: 3 })).toEqual(three);
    expect(await draw({ n: 1 })).toEqual(three.slice(0, 1));
    expect(await draw({ n: 1, max_completion_tokens: 3, max_tokens: 200 })).not.toEqual(three.slice(0, 1));
  });

  it('has errors that the client understands', async () => {
    const failure = async (body: Record<string, unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
      try {
        await ask(body);
      } catch (error) {
        if (error instanceof OpenAI.APIError) return error;
      }
      return expect.fail('no error');
    };
    const unknown = { status: 404, code: 'model_not_found', param: 'model', type: 'invalid_request_error' };
    expect(await failure({ model: 'gpt-4o' })).toMatchObject(unknown);
    expect(await failure({ stream: true })).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'stream' });
    expect(await failure({ top_logprobs: 3 })).toMatchObject({ status: 400, param: 'top_logprobs' });
    expect(await failure({ top_logprobs: 21, logprobs: true })).toMatchObject({ status: 400, param: 'top_logprobs' });
    expect(await failure({ max_tokens: 512 })).toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'messages' });
    const long = [{ role: 'user', content: 'z'.repeat(600) }];
    expect(await failure({ messages: long })).toMatchObject({ status: 400, code: 'context_length_exceeded' });
    expect(await failure({ messages: [{ role: 'tool', content: 'x', tool_call_id: 'a' }] })).toMatchObject({ status: 400 });
    expect(await failure({ response_format: { type: 'json_object' } })).toMatchObject({ status: 400, param: 'response_format' });
    const both = { add_generation_prompt: true, continue_final_message: true };
    expect(await failure(both)).toMatchObject({ status: 400, param: 'continue_final_message' });
  });
});

describe('POST /v1/embeddings, through the openai client', () => {
  it('gives unit vectors, as numbers or as bytes', async () => {
    const input = ['Anna lives in Oslo.', 'Anna lives in Oslo.', '', 'é'];
    const numbers = await client.embeddings.create({ model: 'tiny-reader', input, encoding_format: 'float' });
    const bytes = await client.embeddings.create({ model: 'tiny-reader', input });
    expect(numbers.data.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    for (const [i, { embedding }] of numbers.data.entries()) {
      expect(embedding).toHaveLength(128);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(Array.from(bytes.data[i]!.embedding)).toEqual(embedding);
    }
    expect(numbers.data[0]!.embedding).toEqual(numbers.data[1]!.embedding);
    const tokens = input.reduce((sum, text) => sum + 1 + tokenizer.encode(text).length, 0);
    expect(numbers.usage).toMatchObject({ prompt_tokens: tokens, total_tokens: tokens });
    const spelled = [[0, ...tokenizer.encode(input[0]!)]];
    const options = { model: 'tiny-reader', encoding_format: 'float' as const, dimensions: 128 };
    const ids = await client.embeddings.create({ ...options, input: spelled });
    expect(ids.data[0]!.embedding).toEqual(numbers.data[0]!.embedding);
  });

  it('refuses other sizes and too long texts', async () => {
    const embed = (body: Record<string, unknown>): Promise<unknown> => {
      return client.post('/embeddings', { body: { model: 'tiny-reader', input: 'a', ...body } });
    };
    await expect(embed({ dimensions: 64 })).rejects.toMatchObject({ status: 400, param: 'dimensions' });
    await expect(embed({ input: 'z'.repeat(512) })).rejects.toMatchObject({ code: 'context_length_exceeded', param: 'input' });
    await expect(embed({ model: 'other' })).rejects.toMatchObject({ status: 404 });
    await expect(embed({ input: [] })).rejects.toMatchObject({ status: 400, param: 'input' });
  });
});
