import { z } from 'zod';
import { full, without } from '../masks.ts';
import type { Attribution, Finding, Game, Method, Run } from '../types.ts';

const options = z.strictObject({}).describe('Leave-one-out has no options.');

/** φ_i = v(1) − v(1−i) and the intercept v(1), from n + 1 evaluations. methods.md section 2. */
export const leaveOneOut: Method<z.infer<typeof options>> = {
  id: 'leave-one-out',
  title: 'Leave-one-out: the value lost when one unit is taken away',
  options,
  evaluations: (n) => n + 1,
  run,
  differences: (n) => Array.from({ length: n }, (_, i) => [full(n), without(n, i)] as const),
};

function* run(game: Game): Run {
  const { n, columns } = game;
  const masks = [full(n), ...Array.from({ length: n }, (_, i) => without(n, i))];
  const values = yield { masks };
  const attributions = Array.from({ length: columns }, (_, column): Attribution => {
    const intercept = values[0]?.[column] ?? Number.NaN;
    const scores = Float64Array.from({ length: n }, (_unused, i) => intercept - (values[i + 1]?.[column] ?? Number.NaN));
    return { scores, intercept };
  });
  return { attributions, stopped: 'done' } satisfies Finding;
}
