import { z, type ZodType } from 'zod';
import { methods } from '../core/methods/index.ts';
import { scorers } from '../core/scorers/index.ts';
import { searches } from '../core/searches/index.ts';
import { levelsShape } from './levels.ts';
import { type Part, partChoice } from './parts.ts';
import { searchShapes } from './searching.ts';

/*
 * Options that every part of a kind has, whatever it computes: the service carries them out, the part never sees them.
 */

/** What the service does around any attribution method. */
const around: z.ZodRawShape = { ...levelsShape };
/** What the service does around a scorer that compares answers. */
const compared: z.ZodRawShape = {
  repeats: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .default(null)
    .describe(
      'Answers sampled per mask; a value is their mean. null: 1. Where the call samples (its `temperature` is not 0), and for ' +
        'every number above 1, the unchanged call is sampled too, at least 7 times, which gives the noise floor.',
    ),
};

const titled = ({ id, title }: { id: string; title: string }) => ({ id, title });

function extended(options: ZodType, shape: z.ZodRawShape): ZodType {
  if (Object.keys(shape).length === 0) return options;
  if (!(options instanceof z.ZodObject)) throw new Error('options must be an object to be extended');
  return options.safeExtend(shape);
}

/** Every method, its options with those of all. */
export const attributionMethods: readonly Part[] = methods.map((method) => ({ ...titled(method), options: extended(method.options, around) }));

/** Any of them, the default one where none is named. */
export const attributionChoice = partChoice(attributionMethods, 'auto');

/** Every search, its options with those of all searches. */
export const searchMethods: readonly Part[] = searches.map((search) => ({ ...titled(search), options: extended(search.options, searchShapes[search.goal]) }));

/** Every scorer, and `auto`, with the options of those that compare answers where it is or may be one. */
export const scorerChoices: readonly Part[] = [
  { id: 'auto', title: 'The best scorer that the endpoint can feed', options: z.strictObject(compared) },
  ...scorers.map((scorer) => ({ ...titled(scorer), options: extended(scorer.options, scorer.needs === 'text' ? compared : {}) })),
];
