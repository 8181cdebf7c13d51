import { z } from 'zod';
import { faultAt, ProblemError } from '../../errors.ts';
import { cutLabels, knownTokens, type Side, sideOf } from '../openings/labels.ts';
import { type Odds, oddsOf } from '../openings/odds.ts';
import { spelling } from '../openings/spelling.ts';
import type { Basis, Opening, ScoreInput, Scorer, Target } from '../types.ts';

const label = z.string().max(200).refine((text) => text.trim() !== '', 'must not be blank');

const options = z
  .strictObject({
    positive: z
      .array(label)
      .max(64)
      .default([])
      .describe('Labels that count for the answer, by their first tokens. []: the completion itself.'),
    negative: z.array(label).max(64).default([]).describe('Labels that count against it. []: everything else.'),
  })
  .refine(({ positive, negative }) => !negative.some((text) => positive.map(spelling).includes(spelling(text))), {
    path: ['negative'],
    message: 'holds a label that is among `positive` too',
  });

type Options = z.output<typeof options>;

interface Sides {
  positive: Side;
  /** null: all else. */
  negative: Side | null;
}

function sidesOf(reference: Basis['reference'], opening: readonly Opening[], { positive, negative }: Options): Sides {
  return {
    positive: sideOf(positive.length > 0 ? positive : [reference.text], opening),
    negative: negative.length > 0 ? sideOf(negative, opening) : null,
  };
}

/** The first token says nothing of a part that begins later. */
function refuseLater({ text }: Basis['reference'], targets: readonly Target[]): void {
  const start = text.length - text.trimStart().length;
  for (const { index, start: at } of targets) {
    if (at <= start) continue;
    const message = `target ${index} does not begin where the completion begins, and first-token sees no more than that`;
    throw faultAt('target_unsupported', '/targets', message);
  }
}

function refuseShared({ positive, negative }: Sides): void {
  const first = knownTokens(positive);
  const shared = negative?.labels.findIndex((each) => each.first !== null && first.has(each.first)) ?? -1;
  if (shared < 0) return;
  const message = 'begins with the same token as a positive label for this model, so the first token cannot tell them apart';
  throw faultAt('scorer_unavailable', `/scorer/options/negative/${shared}`, message);
}

function unfit(): ProblemError {
  const message = 'first-token needs the alternatives of the first token, which these evaluations do not hold';
  return new ProblemError('evaluations_missing', message);
}

/** null where the outcome failed. */
function oddsOfAll({ reference, opening, outcomes }: ScoreInput, chosen: Options): (Odds | null)[] {
  if (!opening) throw unfit();
  const { positive, negative } = sidesOf(reference, opening, chosen);
  return outcomes.map((outcome) => {
    if (outcome.kind === 'failed') return null;
    if (outcome.kind !== 'opened') throw unfit();
    return oddsOf(positive, negative, outcome.top);
  });
}

/**
 * Log-odds of how the answer begins: logsumexp over the positive labels' first tokens less that over the negative ones',
 * from the top log-probabilities of one generated token. Exact for what is shown, a bound for what is not.
 */
export const firstToken: Scorer<Options> = {
  id: 'first-token',
  title: 'Log-odds of the first token',
  options,
  needs: 'opening',
  unit: () => 'log-odds',
  refuse({ reference, opening }, targets, chosen) {
    refuseLater(reference, targets);
    if (opening) refuseShared(sidesOf(reference, opening, chosen));
  },
  score(input, chosen) {
    refuseLater(input.reference, input.targets);
    return oddsOfAll(input, chosen).map((odds) => new Float64Array(input.targets.length).fill(odds?.value ?? Number.NaN));
  },
  censored(input, chosen) {
    return oddsOfAll(input, chosen).reduce((sum, odds) => sum + Number(odds?.censored.positive ?? false) + Number(odds?.censored.negative ?? false), 0);
  },
  notes(input, chosen) {
    const seen = oddsOfAll(input, chosen).filter((odds) => odds !== null);
    const sides = sidesOf(input.reference, input.opening ?? [], chosen);
    return (['positive', 'negative'] as const).flatMap((name) => {
      const bound = seen.filter(({ censored }) => censored[name]).length;
      const what = `in ${bound} of ${seen.length} evaluations no ${name} label was among the tokens that the endpoint shows`;
      const side = sides[name];
      const cut = side ? cutLabels(side) : 0;
      return [
        ...(bound > 0 ? [`${what}: its probability there is the most that it can be`] : []),
        ...(cut > 0 ? [`${cut} of ${side?.labels.length} ${name} labels: the first token ends inside a word, and other words may begin with it`] : []),
      ];
    });
  },
};
