/**
 * An explanation as the API gives it, for the OpenAPI document: a question over three sentences, with the figures that
 * the demo model gives. A test holds it against the schema.
 */
export const EXPLANATION_EXAMPLE = {
  id: 'exp_01kaqm3v7x9d2t5r8w1y4z6b0c',
  object: 'explanation',
  status: 'completed',
  created_at: '2026-11-23T09:00:00.000Z',
  started_at: '2026-11-23T09:00:00.012Z',
  finished_at: '2026-11-23T09:00:00.431Z',
  expires_at: '2026-11-30T09:00:00.431Z',
  progress: { phase: 'verifying', done: 4, planned: 4 },
  estimate: { calls: 5, prompt_tokens: 120, completion_tokens: 16, cost_usd: null, seconds: null, units: 3, basis: 'tokenizer' },
  metadata: {},
  batch: null,
  webhook: null,
  request: {
    endpoint: 'demo',
    call: {
      model: 'tiny-reader',
      temperature: 0,
      max_tokens: 16,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'The sky was clear. Lars has a pet tortoise. Rufus has a pet turtle.' },
            { type: 'text', text: '\nWhat kind of animal does Lars keep?', explain: 'fixed' },
          ],
        },
      ],
    },
    segmenter: { id: 'sentence', options: {} },
    perturber: { id: 'drop', options: {} },
    scorer: { id: 'auto', options: { repeats: null } },
    method: { id: 'leave-one-out', options: {} },
    targets: [{ kind: 'completion' }],
    budget: { calls: null, prompt_tokens: null, cost_usd: null, seconds: null },
    faithfulness: null,
    seed: 0,
    metadata: {},
  },
  result: {
    completion: 'A tortoise.',
    units: [
      unit(0, 'messages[0].content[0]', 0, 'The sky was clear. ', 'sentence'),
      unit(1, 'messages[0].content[0]', 19, 'Lars has a pet tortoise. ', 'sentence'),
      unit(2, 'messages[0].content[0]', 44, 'Rufus has a pet turtle.', 'sentence'),
      unit(3, 'messages[0].content[1]', 0, '\nWhat kind of animal does Lars keep?', 'part', true),
    ],
    targets: [{ index: 0, kind: 'completion', start: 0, end: 11, text: 'A tortoise.' }],
    attributions: [
      {
        target: 0,
        scores: [-0.00009, 11.84136, 0.00015, null],
        intervals: null,
        intercept: -0.00039,
        interactions: [],
        reasons: [],
        indistinguishable: [],
      },
    ],
    scorer: { id: 'log-likelihood', rung: 'prompt_logprobs', unit: 'nats', tokens_scored: 2, censored_tokens: 0, noise_floor: [0.004], comparison_key: 'cmp_Zk3vYw0aT1uQbXn5Rj8sLqEoHdM', notes: [] },
    noise: null,
    faithfulness: {
      holdout_r2: null,
      lds: null,
      verdict: 'good',
      reasons: ['every unit was taken away by itself'],
      checked: null,
      deletion: null,
      insertion: null,
      top_k: null,
      sufficiency: null,
      necessity: null,
    },
    contrast: null,
    highlight: null,
    evaluations: { planned: 4, distinct: 4, asked: 4, cached: 0, failed: 0 },
    usage: { calls: 5, http_requests: 2, prompt_tokens: 128, cached_tokens: 0, completion_tokens: 8, cost_usd: null },
    stopped_by: 'done',
    seed: 0,
    versions: { service: '0.1.0', method: '1' },
  },
  error: null,
};

function unit(index: number, at: string, start: number, text: string, level: string, fixed = false) {
  return { index, at, role: 'user', start, end: start + text.length, text, level, parent: null, label: null, fixed };
}
