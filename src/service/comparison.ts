import { createHash } from 'node:crypto';
import { shapeOf } from '../core/callshape.ts';
import type { Call, Target } from '../core/types.ts';
import type { AnyPlan } from './plan.ts';
import type { Setting } from './setting.ts';

/** Where a call holds input, or says what does not shape an answer. Everything else is a parameter of the answers. */
const NO_PARAMETERS = new Set(['model', 'messages', 'prompt', 'input', 'instructions', 'tools', 'seed', 'stream', 'stream_options', 'n', 'user', 'metadata', 'store', 'background']);

/** How answers to a call are drawn. Weighing and opening go by the model alone. */
function parametersOf(call: Call, setting: Setting): object {
  if (setting.scoring.scorer.needs !== 'text') return {};
  return Object.fromEntries(Object.entries(call).filter(([name]) => !NO_PARAMETERS.has(name)));
}

/** The same object whatever the order of its keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

/**
 * A key that two results share exactly when their scores are the same quantity, measured in the same way, so that they
 * can be compared number by number: the same model of an endpoint asked on the same rung and by the same route; the
 * same completion, cut into the same tokens, and the same targets in it, unless the scorer looks at neither; the same scorer and method with their options;
 * the same thing in the place of absent units; and, where answers are compared, the same parameters of the call. The input
 * and how it is cut, the budget and the seed are not in it.
 */
export function comparisonKey(plan: AnyPlan, setting: Setting, targets: readonly Target[]): string {
  const { reference, grid, weighed, others, rung, scoring } = setting;
  const [answer, explained] = scoring.scorer.regardless ? [weighed ?? null, []] : [reference.text, targets];
  const { request, call, endpoint, model } = plan;
  const { repeats: _, ...options } = (scoring.options ?? {}) as Record<string, unknown>;
  const measured = {
    asked: [endpoint.name, model, rung, shapeOf(call), parametersOf(call, setting)],
    answer: [answer, grid && [...grid.ends], explained.map(({ start, end, text }) => [start, end, text]), (others ?? []).map((other) => [other.text, [...other.grid.ends]])],
    scored: [scoring.scorer.id, options, scoring.unit],
    attributed: [plan.asked.attribution, request.perturber],
  };
  return `cmp_${createHash('sha256').update(JSON.stringify(sorted(measured))).digest('base64url').slice(0, 27)}`;
}

/** Tokens whose log-probability is read of every evaluation, those of foils too; null where answers are compared. */
export function tokensScored({ grid, others, opening }: Setting): number | null {
  if (grid) return (others ?? []).reduce((sum, other) => sum + other.grid.ends.length, grid.ends.length);
  return opening ? 1 : null;
}
