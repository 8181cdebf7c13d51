import type { Contrast } from '../../core/contrasts/contrasts.ts';
import type { Completion } from '../../core/types.ts';
import type { SearchPlan } from '../plan.ts';
import type { Filler } from './filler.ts';
import type { Trier } from './trier.ts';

interface Ended {
  plan: SearchPlan;
  reference: Completion;
  /** The answer to the unchanged call when it was tried; null where none was generated. */
  unchanged: string | null;
  trier: Trier;
  filler: Filler;
  found: readonly Contrast[];
}

function notFound({ plan, trier }: Ended): string {
  const tried = Math.max(0, trier.used - 1);
  if (Number.isNaN(trier.whole)) return 'The unchanged call has no value, so that no other could be compared with it.';
  if (tried === 0) return 'No edited call was tried: the evaluations that were allowed went to the unchanged one.';
  if (plan.seeking.search.goal === 'keeps') return `Whatever was taken away in ${tried} edited calls, the answer changed.`;
  return `None of ${tried} edited calls that were tried scored above ${plan.seeking.epsilon}; that shows nothing of those that were not tried.`;
}

/** What a reader of a contrast should know, in plain words. */
export function reasonsOf(ended: Ended): string[] {
  const { plan, reference, unchanged, filler, found } = ended;
  const { contrasts, search } = plan.seeking;
  const reasons: string[] = [];
  if (found.length === 0) reasons.push(notFound(ended));
  else if (search.goal === 'differs' && found.length < contrasts) reasons.push(`${found.length} of ${contrasts} distinct contrasts were found.`);
  if (unchanged !== null && unchanged !== reference.text) {
    reasons.push('The unchanged call was answered otherwise than by the completion when it was tried; scores are measured from that answer.');
  }
  if (found.some(({ minimal }) => !minimal)) {
    reasons.push(search.goal === 'keeps' ? 'The evaluations ended before it was seen that nothing more can be taken away.' : 'The evaluations ended before every edit had been taken back and re-checked.');
  }
  if (plan.noisy) reasons.push(`Answers vary from one request to the next: each edited call was asked ${plan.repeats === 1 ? 'once' : `${plan.repeats} times`}. More \`repeats\` make chance less likely.`);
  const failed = [...filler.reasons].toSorted((a, b) => b[1] - a[1]).slice(0, 3);
  if (failed.length > 0) reasons.push(`Requests for words that gave nothing: ${failed.map(([reason, count]) => `${count} × ${reason}`).join('; ')}.`);
  return reasons;
}
