/** One sentence of three holds the answer; the model says where somebody is based. */
const call = {
  model: 'm',
  messages: [{ role: 'user', content: [
    { type: 'text', text: 'The sky was clear. Galdor is based in Vilnius. Coffee was served.', explain: 'split' },
    { type: 'text', text: ' Where is Galdor based?', explain: 'fixed' },
  ] }],
  temperature: 0,
  max_tokens: 16,
};

/** A job about how likely the whole answer is, its units taken out one by one. */
export const weighedJob = (more: object = {}) => ({ call, scorer: { id: 'log-likelihood' }, method: { id: 'leave-one-out' }, targets: [{ kind: 'completion' }], ...more });
