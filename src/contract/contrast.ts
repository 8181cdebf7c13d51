import { z } from 'zod';

/*
 * What a search came to: `result.contrast`.
 */

const count = z.int().min(0);

export const editSchema = z.strictObject({
  unit: count.describe('Index of the unit in `result.units`.'),
  start: count.describe('Code points of the text that the unit\'s `at` names, half-open.'),
  end: count,
  from: z.string().describe('What stood there.'),
  to: z.string().describe('What stands there now; empty where it was taken away.'),
});

const shown = {
  score: z.number().nullable().describe('Value of the unchanged call less that of the edited one (its size with `direction` `either`); null where nothing was tried.'),
  edits: z.array(editSchema).describe('In the order of the input. Whatever lies outside them is as it was, byte for byte.'),
  call: z.looseObject({}).nullable().describe('The edited call as it was sent; null where nothing was tried.'),
  completion: z.string().nullable().describe('The answer to it; null where there is none, as when the budget had no room to ask for it.'),
  minimal: z.boolean().describe('Whether it was seen that no edit can be taken back; with `reduce`, that nothing more can be taken away.'),
};

export const contrastSchema = z
  .strictObject({
    found: z.boolean().describe('false: nothing reached the goal, and what is shown is the best attempt.'),
    goal: z.enum(['differs', 'keeps']).describe('`differs`: the answer was to change. `keeps`: it was to stay (`reduce`).'),
    epsilon: z.number(),
    ...shown,
    evaluations: count.describe('Calls tried, the unchanged one included.'),
    alternatives: z.array(z.strictObject(shown)).describe('Further contrasts, none of which edits words that another edits.'),
    reasons: z.array(z.string()).describe('What a reader should know, in plain words: why nothing was found, what could not be tried.'),
  })
  .describe('A small edit of the input that changes the answer.');

export type Contrast = z.output<typeof contrastSchema>;
export type ContrastEdit = z.output<typeof editSchema>;
