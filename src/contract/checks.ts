import { z } from 'zod';
import { CHECKS } from '../core/curves/spec.ts';

/*
 * Checks of the finished attribution that cost evaluations of their own: asked for in the request, answered in
 * `result.faithfulness`.
 */

export const checksSchema = z
  .strictObject({
    checks: z.array(z.enum(CHECKS)).min(1).max(CHECKS.length).default([...CHECKS]).describe('Left out: all of them.'),
    baselines: z.int().min(0).max(20).default(3).describe('Random orders that the order by score is held against.'),
    top_k: z.array(z.int().min(1).max(1_000)).min(1).max(10).default([1, 3, 5]).describe('How many of the highest units `top_k` takes away.'),
    target: z.int().min(0).default(0).describe('Index of the target whose scores are checked.'),
  })
  .describe('Checks of the scores by masks that follow them, asked after the fit and never fitted.');

export type ChecksRequest = z.output<typeof checksSchema>;

const maybe = z.number().nullable();
const count = z.int().min(0);

const figures = {
  shares: z.array(z.number()).describe('Share of the text (code points of the perturbable units) after each step, 0 to 1.'),
  aupc: maybe.describe('Average height over the first 20 % of the text: the area by the trapezoid rule, interpolated at the end, over 0.2.'),
  random: z.strictObject({ aupc: z.array(maybe).describe('One per random order.') }),
  reverse: z.strictObject({ aupc: maybe.describe('Of the order with the lowest score first.') }),
  gain: maybe.describe('`aupc` less the mean of the random orders.'),
};

export const rationaleSchema = z.strictObject({
  k: count.describe('The fewest highest units that hold 20 % of the text, without those whose score is not positive; at least one.'),
  units: z.array(count).describe('Their indexes in `result.units`, the highest first.'),
  size: z.number().describe('Their share of the text.'),
  value: maybe.describe('The value of that call.'),
  share: maybe.describe('Of the drop that taking everything away makes: what the units alone avoid (sufficiency), or what their absence costs (necessity).'),
});

/** Fields of `result.faithfulness`; null where the check was not asked, null inside where an evaluation is missing. */
export const checkFields = {
  checked: z
    .strictObject({
      target: count,
      full: maybe.describe('The value of the whole call.'),
      empty: maybe.describe('The value with every perturbable unit taken away.'),
      needed: count.describe('Evaluations that the checks needed.'),
      missing: count.describe('How many of them gave no number: they failed, were not asked, or make the answer impossible.'),
      calls: count.describe('How many of `usage.calls` the checks took: what was known already took none.'),
    })
    .nullable()
    .describe('What was checked; null where no checks were asked for.'),
  deletion: z
    .strictObject({ ...figures, drops: z.array(maybe).describe('Value of the whole call less the value at each step.') })
    .nullable()
    .describe('Units taken away cumulatively, the highest score first.'),
  insertion: z
    .strictObject({ ...figures, rises: z.array(maybe).describe('Value at each step less the value with nothing.') })
    .nullable()
    .describe('Units put back cumulatively, the highest score first.'),
  top_k: z
    .array(z.strictObject({ k: count, drop: maybe, random: maybe.describe('The mean drop when as many random units are taken away.') }))
    .nullable()
    .describe('Drop of the value when the k highest units are taken away.'),
  sufficiency: rationaleSchema.nullable().describe('The highest units alone.'),
  necessity: rationaleSchema.nullable().describe('Everything but the highest units.'),
};
