import { z } from 'zod';
import { emptyFormOption } from '../emptyform.ts';
import type { Perturber } from '../types.ts';
import { isBlank, trimmed } from '../whitespace.ts';

const options = z.strictObject({
  text: z
    .string()
    .max(1_000)
    .default('...')
    .describe('What stands where a unit is absent; longer than the unit or empty as well.'),
  keep_whitespace: z
    .boolean()
    .default(true)
    .describe('Keep the whitespace at the ends of the unit, so that its neighbours do not fuse.'),
  collapse: z.boolean().default(false).describe('One placeholder for neighbouring absent units of a text.'),
  empty_form: emptyFormOption,
});

/** A placeholder stands where a unit is absent. */
export const placeholder: Perturber<z.output<typeof options>> = {
  id: 'placeholder',
  title: 'Put a placeholder',
  options,
  replacements: (units, { text, keep_whitespace: keep }) =>
    units.map((unit) => {
      // an empty placeholder takes the unit away, and the repair keeps the words around it apart
      if (!keep || text === '') return text;
      if (isBlank(unit.text)) return text + unit.text;
      const { lead, trail } = trimmed(unit.text);
      return lead + text + trail;
    }),
  repair: ({ text, keep_whitespace: keep }) => text === '' && keep,
  emptyForm: ({ empty_form: form }) => form,
  collapse: ({ collapse }) => collapse,
};
