import { z } from 'zod';
import { emptyFormOption } from '../emptyform.ts';
import type { Perturber } from '../types.ts';

const options = z.strictObject({
  repair: z
    .boolean()
    .default(true)
    .describe('Mend the whitespace around what is taken away. false: remove exactly the units, whitespace and all.'),
  empty_form: emptyFormOption,
});

/** An absent unit leaves nothing behind. */
export const drop: Perturber<z.output<typeof options>> = {
  id: 'drop',
  title: 'Take away',
  options,
  replacements: (units) => units.map(() => ''),
  repair: ({ repair }) => repair,
  emptyForm: ({ empty_form: form }) => form,
};
