import type { Opening } from '../../core/types.ts';
import { malformed } from '../http/read.ts';
import type { Shown } from '../shapes/shape.ts';
import { asLogprobs } from '../ways/echo.ts';
import { tokenTexts } from './texts.ts';

/**
 * The alternatives of each call's first token, the most probable first, at most `most` of them: some servers add the
 * token that was drawn, and what is below the alternatives must not pass for one. Log-probabilities are checked and
 * brought into [−9999, 0].
 * @param lists as a shape reads them
 * @throws Fault malformed when there are none
 */
export function readShown(lists: readonly (readonly Shown[])[], most: number): Shown[][] {
  return lists.map((all) => {
    if (all.length === 0) throw malformed('the reply has no alternatives of the first token');
    const values = asLogprobs(all.map(({ logprob }) => logprob));
    const checked = all.map((entry, index): Shown => ({ ...entry, logprob: values[index] ?? 0 }));
    return checked.toSorted((a, b) => b.logprob - a.logprob).slice(0, most);
  });
}

/** The same as openings, their texts in one spelling. @throws Fault malformed */
export function readOpenings(lists: readonly (readonly Shown[])[], most: number): Opening[][] {
  return readShown(lists, most).map((list) => {
    const texts = tokenTexts(list);
    return list.map(({ logprob }, index) => ({ token: texts[index] ?? '', logprob }));
  });
}
