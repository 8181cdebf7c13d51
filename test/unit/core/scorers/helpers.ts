import type { Advice, Completion, Consultation, Outcome, ScoreInput, Scorer, Target } from '../../../../src/core/types.ts';

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

export function answered(text: string): Outcome {
  return { kind: 'generated', completion: completionOf(text) };
}

/** Answers to the whole of a reference. */
export function inputOf(reference: string, answers: readonly string[]): ScoreInput {
  return { reference: completionOf(reference), grid: null, targets: [wholeTarget(reference)], outcomes: answers.map(answered) };
}

/** What a scorer asks about these answers, and the values it gives when it is told so. */
export function consulted(scorer: Scorer, input: ScoreInput, advice: Advice, options: object = {}): { asked: readonly Consultation[]; values: number[][] } {
  const given = scorer.options.parse(options);
  const asked = scorer.consults?.about(input, given) ?? [];
  return { asked, values: scorer.score({ ...input, advice }, given).map((row) => [...row]) };
}
