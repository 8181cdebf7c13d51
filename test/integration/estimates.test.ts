import { afterEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Estimate {
  prompt_tokens: number;
  cost_usd: number | null;
  basis: string;
}

async function serve(options?: ModelServerOptions): Promise<Stack> {
  const server = options && (await startModelServer(options));
  if (server) open.push(server);
  const stack = await startStack(server ? { endpoints: [{ baseUrl: server.url, price: { promptPerMillion: 2, completionPerMillion: 8 } }] } : {});
  open.push(stack);
  return stack;
}

const estimated = async ({ app }: Stack, payload: object) => (await app.inject({ method: 'POST', url: '/v1/estimates', payload })).json<Estimate>();

const text = Array.from({ length: 12 }, (_, index) => `The committee of room ${index + 1} agreed on repairs.`).join(' ');
const job = (model: string) => ({ call: { model, messages: [{ role: 'user', content: text }], temperature: 0, max_tokens: 8 }, completion: 'It agreed.', method: { id: 'leave-one-out' }, scorer: { id: 'log-likelihood' } });

describe('an estimate', () => {
  it.each<[string, string, ModelServerOptions | undefined]>([
    ['of the embedded model', 'tiny-reader', undefined],
    ['of a server that tokenizes as vLLM does', 'm', {}],
    ['of a server that tokenizes as llama.cpp does', 'm', { native: {} }],
  ])('%s goes by its tokenizer once that was measured, and says so', async (_, model, options) => {
    const stack = await serve(options);
    expect((await estimated(stack, job(model))).basis).toBe('characters');
    const { body } = await explainAndWait(stack.app, job(model));
    expect(body.error).toBeNull();
    const after = await estimated(stack, job(model));
    expect(after.basis).toBe('tokenizer');
    const spent = body.result?.usage.prompt_tokens ?? 0;
    // one call more is counted than may be needed, and a server says how much was read of what was cached
    expect(after.prompt_tokens / spent).toBeGreaterThan(0.75);
    expect(after.prompt_tokens / spent).toBeLessThan(1.5);
  });

  it('goes by characters where there is no tokenizer, at the price of the endpoint', async () => {
    const stack = await serve({ tokenize: false });
    await explainAndWait(stack.app, job('m'));
    const estimate = await estimated(stack, job('m'));
    expect(estimate.basis).toBe('characters');
    expect(estimate.cost_usd).toBeGreaterThan((2 * estimate.prompt_tokens) / 1e6);
    const wide = await estimated(stack, { ...job('m'), call: { model: 'm', messages: [{ role: 'user', content: '委员会开会决定。'.repeat(100) }] } });
    expect(wide.prompt_tokens).toBeGreaterThan(800);
  });
});
