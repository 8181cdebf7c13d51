import type { Completion, Scorer, Target } from '../../../../src/core/types.ts';

export function completionOf(text: string): Completion {
  return { text, toolCalls: [], finishReason: 'stop' };
}

export function wholeTarget(text: string): Target {
  return { index: 0, spec: { kind: 'completion' }, start: 0, end: text.length, text };
}

/** One answer's similarity to a reference, through the scorer's own options and score(). */
export function scoreText(scorer: Scorer, reference: string, answer: string, options: object = {}): number | undefined {
  const input = {
    reference: completionOf(reference),
    grid: null,
    targets: [wholeTarget(reference)],
    outcomes: [{ kind: 'generated' as const, completion: completionOf(answer) }],
  };
  return scorer.score(input, scorer.options.parse(options))[0]?.[0];
}
