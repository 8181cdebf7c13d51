import { requestSchema } from '../../src/contract/request.ts';
import type { Result } from '../../src/contract/resource.ts';
import { createRng, gaussian } from '../../src/core/rng.ts';
import type { Outcome } from '../../src/core/types.ts';
import { createEndpoints } from '../../src/endpoints/index.ts';
import { explain } from '../../src/service/explain.ts';
import type { OutcomeCache } from '../../src/service/ports.ts';
import { startModelServer } from './model-server.ts';

/*
 * Jobs on a model that ignores its prompt: nothing is to be found, so whatever is flagged is flagged wrongly.
 */

/** Units over all jobs of one sort, and how many of them have an interval without 0. */
export interface Flags {
  method: string;
  scorer: string;
  jobs: number;
  units: number;
  found: number;
}

/** Jobs of each method: half of them by log-likelihood, half by text. */
export const JOBS = 200;
/** Standard deviation of a token's log-probability from call to call: what a probe takes for the same model. */
const NOISE = 0.01;
const ANSWER = 'Riga is the answer.';
const OTHERS = [ANSWER, 'The answer is Riga.', 'I do not know.', 'It is Tallinn.'];

/**
 * Asks a model that ignores its prompt, by jobs of `auto` and `lasso` with log-likelihood and with text; only units with
 * an interval count. The noise comes in the order of the calls, so figures differ a little from run to run.
 */
export async function flagsOf(jobs: number): Promise<Flags[]> {
  const found: Flags[] = [];
  for (const scorer of ['log-likelihood', 'chrf']) {
    const rng = createRng(jobs, scorer);
    const server = await startModelServer(scorer === 'chrf'
      ? { answer: () => OTHERS[Math.floor(OTHERS.length * rng())] as string }
      : { answer: () => ANSWER, logprob: (token) => (ANSWER.includes(token.trim()) ? -0.5 + NOISE * gaussian(rng) : undefined) });
    const endpoints = createEndpoints({
      default: 'deaf',
      endpoints: [{
        name: 'deaf', baseUrl: server.url, dialect: 'auto', apiKey: null, models: ['deaf'], concurrency: 4, maxBatch: 16, requestsPerMinute: null,
        tokensPerMinute: null, timeoutSeconds: 60, price: null, allowPrivateNetwork: true, identity: 'deaf',
      }],
    }, {});
    try {
      for (const method of ['auto', 'lasso']) {
        const flags: Flags = { method, scorer, jobs: Math.ceil(jobs / 2), units: 0, found: 0 };
        for (let seed = 0; seed < flags.jobs; seed++) count(flags, await job(endpoints, method, scorer, seed));
        found.push(flags);
      }
    } finally {
      await endpoints.close();
      await server.close();
    }
  }
  return found;
}

async function job(endpoints: ReturnType<typeof createEndpoints>, method: string, scorer: string, seed: number): Promise<Result> {
  // Enough units for intervals, and not the same call in every job.
  const sentences = Array.from({ length: 10 + (seed % 15) }, (_, at) => `Sentence ${at} of letter ${seed} says little.`);
  const content = [{ type: 'text', text: sentences.join(' '), explain: 'split' }, { type: 'text', text: 'What is it?', explain: 'fixed' }];
  const request = requestSchema.parse({
    call: { model: 'deaf', temperature: 0, max_tokens: 16, messages: [{ role: 'user', content }] },
    completion: ANSWER,
    method: { id: method },
    scorer: { id: scorer },
    budget: { calls: 80 },
    seed,
  });
  const { result } = await explain({
    owner: 'bench',
    request,
    endpoints,
    cache: emptyCache,
    limits: { maxUnits: 1000, maxCalls: 1000 },
    version: 'bench',
    cancel: new AbortController().signal,
    handBack: new AbortController().signal,
    onProgress: () => undefined,
    onUsed: () => undefined,
  });
  return result;
}

/** Keeps nothing: every evaluation is a call. */
const emptyCache: OutcomeCache = {
  get: async (keys) => keys.map((): Outcome | null => null),
  set: async () => undefined,
  delete: async () => undefined,
};

function count(flags: Flags, { attributions }: Result): void {
  for (const interval of attributions[0]?.intervals ?? []) {
    if (!interval) continue;
    flags.units += 1;
    flags.found += interval[0] > 0 || interval[1] < 0 ? 1 : 0;
  }
}
