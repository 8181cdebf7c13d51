import { z } from 'zod';
import { LEVELS } from '../core/levels/levels.ts';

/*
 * Multi-level attribution, an option of every method: the service cuts units finer and plays the method again, the
 * method itself never sees it.
 */

const levels = z
  .array(z.enum(LEVELS))
  .min(2)
  .max(LEVELS.length)
  .superRefine((given, context) => {
    given.forEach((level, position) => {
      const before = given[position - 1];
      if (before === undefined || LEVELS.indexOf(level) > LEVELS.indexOf(before)) return;
      context.addIssue({ code: 'custom', path: [position], message: `must be finer than ${before}: levels go from coarse to fine, each once` });
    });
  })
  .nullable()
  .default(null)
  .describe('Units of several sizes, from coarse to fine, in place of the segmenter: those that matter are cut to the next level. null: one level.');

const refine = z
  .strictObject({
    top_k: z.int().min(1).max(100).default(3).describe('Units opened at most at each level.'),
    threshold: z.number().min(0).max(1).default(0.1).describe('Share of the largest score, regardless of signs, that a unit must reach to be opened.'),
    freeze: z.boolean().default(false).describe('Units that are not opened are always there afterwards; false: they go on being taken away.'),
  })
  .prefault({})
  .describe('With `levels`: which units are opened, and what becomes of the others.');

export const levelsShape = { levels, refine };

const aroundSchema = z.looseObject(levelsShape);

export type LevelOptions = Pick<z.output<typeof aroundSchema>, 'levels' | 'refine'>;

/** What holds where a request says nothing of levels, which is nearly always. */
const NO_LEVELS = aroundSchema.parse({});

/** A method's options as given, apart: those that the service carries out, and the method's own. */
export function apart(options: Record<string, unknown>): LevelOptions & { own: Record<string, unknown> } {
  if ((options['levels'] ?? null) === null) {
    const { levels: _none, refine: _unused, ...own } = options;
    return { levels: NO_LEVELS.levels, refine: NO_LEVELS.refine, own };
  }
  const { levels: asked, refine: how, ...own } = aroundSchema.parse(options);
  return { levels: asked, refine: how, own };
}
