/** The job that `npm run demo` posts: a small passage with one sentence that holds the answer, and the question kept fixed. */
export const demoJob = {
  endpoint: 'demo',
  call: {
    model: 'tiny-reader',
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'text',
            explain: 'split',
            label: 'passage',
            text: 'Dinner was ready at seven. Vera lives in Ghent. Lars has a pet tortoise. Oscar is the best friend of Vera. Rufus has a pet turtle. The river is deep here. Lars works for Galdor. Coffee was served at noon.',
          },
          { type: 'text', explain: 'fixed', label: 'question', text: 'What kind of animal does Lars keep?' },
        ],
      },
    ],
    temperature: 0,
    max_tokens: 32,
  },
};
