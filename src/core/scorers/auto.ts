import type { Need } from '../types.ts';

/**
 * What `auto` stands for: log-likelihood where the endpoint can weigh a given completion, because it sees changes long
 * before another answer is given; otherwise chrF, which grades answers of any length and language.
 * @returns the id of a registered scorer
 */
export function chooseScorer(feeds: ReadonlySet<Need>): string {
  return feeds.has('likelihood') ? 'log-likelihood' : 'chrf';
}
