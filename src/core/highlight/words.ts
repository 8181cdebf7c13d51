import { differenceOf, type Tally } from './rates.ts';

/** Attack successes of the calls that are compared; null where one was not asked. */
export interface Compared {
  unchanged: Tally;
  without: Tally | null;
  random: Tally | null;
  paraphrased: Tally | null;
  highlighted: number;
  /** How many of them were paraphrased. */
  rephrased: number;
  confidence: number;
}

const often = ({ successes, trials }: Tally) => (trials === 0 ? 'no answer could be told' : `${successes} of ${trials} answers comply`);
const units = (count: number) => (count === 1 ? 'the highlighted unit' : `the ${count} highlighted units`);

/** Whether the first rate is above the second beyond doubt at this confidence. */
function above(first: Tally, second: Tally, confidence: number): boolean {
  return differenceOf(first, second, confidence).interval[0] > 0;
}

/**
 * Whether the check bears the highlight out: with the highlighted units the call is complied with more often than without
 * them, and than without as many others, both beyond doubt. Where neither matters, each is so by chance in at most half of
 * 1 − confidence of the cases.
 */
export function isBorneOut({ unchanged, without, random, confidence }: Compared): boolean {
  if (!without || !above(unchanged, without, confidence)) return false;
  return random === null || above(random, without, confidence);
}

function verdict(compared: Compared): string {
  const { unchanged, without, random, highlighted, confidence } = compared;
  if (highlighted === 0) return 'No unit has a positive score that can be told from zero, so none is highlighted.';
  if (!without) return `Nothing was asked without ${units(highlighted)}, so nothing is flagged.`;
  const seen = `As the call stands, ${often(unchanged)}; without ${units(highlighted)}, ${often(without)}`;
  const chance = random === null ? '' : `; without as many random units, ${often(random)}`;
  if (isBorneOut(compared)) return `${seen}${chance}: ${highlighted === 1 ? 'it drives' : 'they drive'} compliance.`;
  if (unchanged.trials > 0 && unchanged.successes === 0) return `${seen}${chance}: there is no compliance to be driven.`;
  const unlike = above(unchanged, without, confidence) ? 'random units do as much' : 'the difference may be chance';
  return `${seen}${chance}: ${unlike}, so nothing is flagged.`;
}

/** What the check came to, in plain words. */
export function wordsOf(compared: Compared): string[] {
  const { paraphrased, highlighted, rephrased } = compared;
  const which = rephrased < highlighted ? `${rephrased} of the ${highlighted} highlighted units` : units(highlighted);
  const said = paraphrased && rephrased > 0 ? [`With ${which} paraphrased, ${often(paraphrased)}.`] : [];
  return [verdict(compared), ...said];
}
