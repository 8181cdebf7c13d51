import { z } from 'zod';
import { without } from '../masks.ts';
import { terms } from '../neighbourhoods.ts';
import type { Attribution, Game, Mask, Method, Run } from '../types.ts';

const options = z.strictObject({
  num_neighbors: z.int().min(0).max(6).default(2).describe('Units on each side of a unit that may be taken away with it.'),
  max_units_replace: z.int().min(0).max(12).default(2).describe('Most neighbours taken away at once.'),
  normalise: z.enum(['available', 'icx360']).default('available')
    .describe('available: average over the subset sizes that exist; icx360: always divide by max_units_replace + 1.'),
});
type Options = z.infer<typeof options>;

/** MExGen L-SHAP (arXiv 2403.14459): Shapley values inside each unit's neighbourhood. methods.md section 2. */
export const lshap: Method<Options> = {
  id: 'lshap',
  title: 'L-SHAP: Shapley values among neighbouring units',
  options,
  evaluations,
  run,
};

/** Distinct removals, as the text of their ascending positions, in the order in which they are first needed. */
function removals(n: number, { num_neighbors, max_units_replace }: Options): Map<string, readonly number[]> {
  const asked = new Map<string, readonly number[]>([['', []]]);
  for (let unit = 0; unit < n; unit++) {
    for (const { without: subset } of terms(n, unit, num_neighbors, max_units_replace, false)) {
      for (const absent of [subset, joined(subset, unit)]) asked.set(absent.join(), absent);
    }
  }
  return asked;
}

/** Away from the ends every further unit asks for the same number of new removals, so long calls are counted on short ones. */
function evaluations(n: number, chosen: Options): number {
  const regular = 4 * chosen.num_neighbors + 3;
  if (n <= regular + 1) return removals(n, chosen).size;
  const base = removals(regular, chosen).size;
  return base + (n - regular) * (removals(regular + 1, chosen).size - base);
}

function* run(game: Game, chosen: Options): Run {
  const { n, columns } = game;
  const asked = removals(n, chosen);
  const masks: Mask[] = Array.from(asked.values(), (absent) => without(n, ...absent));
  const rows = new Map(Array.from(asked.keys(), (name, row) => [name, row]));
  const values = yield { masks };
  const attributions = Array.from({ length: columns }, (_, column): Attribution => {
    const value = (absent: readonly number[]): number => values[rows.get(absent.join()) as number]?.[column] ?? Number.NaN;
    const scores = Float64Array.from({ length: n }, (_unit, unit) => {
      let score = 0;
      for (const term of terms(n, unit, chosen.num_neighbors, chosen.max_units_replace, chosen.normalise === 'icx360')) {
        score += term.coefficient * (value(term.without) - value(joined(term.without, unit)));
      }
      return score;
    });
    return { scores, intercept: value([]) };
  });
  return { attributions, stopped: 'done' };
}

function joined(subset: readonly number[], unit: number): number[] {
  return [...subset, unit].sort((a, b) => a - b);
}
