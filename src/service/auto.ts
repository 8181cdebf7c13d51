import { compliedBy } from '../core/highlight/value.ts';
import { chooseScorer, type Explained } from '../core/scorers/auto.ts';
import { scorerById } from '../core/scorers/index.ts';
import type { Feed, Scorer } from '../core/types.ts';
import type { Asked } from '../contract/asked.ts';
import type { Choice } from '../contract/parts.ts';

/*
 * What the scorer `auto` comes down to: the best scorer of the completion, or, where the method explains something else,
 * the best of its own.
 */

/** The method's own scorers, the best first; null: those of the completion. */
export type OwnScorers = readonly Choice[] | null;

export function ownScorersOf({ highlight }: Asked): OwnScorers {
  return highlight && compliedBy(highlight);
}

function canFeed(scorer: Scorer, options: unknown, feeds: ReadonlySet<Feed>): boolean {
  return [scorer.needs, ...(scorer.consults?.kinds(options) ?? [])].every((feed) => feeds.has(feed));
}

/**
 * What a choice says; `auto` the best scorer that can be fed.
 * @param apart whether it is to tell answers apart
 */
export function chosen(choice: Choice, own: OwnScorers, feeds: ReadonlySet<Feed>, explained: Explained | null, apart: boolean): Choice {
  if (choice.id !== 'auto') return choice;
  const fed = own?.find(({ id, options }) => canFeed(scorerById(id), options, feeds)) ?? own?.at(-1);
  return fed ?? withDefaults(chooseScorer(feeds, explained, apart));
}

/** What a choice says, where it is known what `auto` came to. */
export function named(choice: Choice, own: OwnScorers, id: string): Choice {
  if (choice.id !== 'auto') return choice;
  return own?.find((each) => each.id === id) ?? withDefaults(id);
}

function withDefaults(id: string): Choice {
  return { id, options: scorerById(id).options.parse({}) as Choice['options'] };
}

/** The longest text that may be weighed in the place of the completion; null where none may. */
export function longestOther(choice: Choice, own: OwnScorers): string | null {
  const choices = choice.id === 'auto' ? (own ?? []) : [choice];
  const texts = choices.flatMap(({ id, options }) => scorerById(id).weighs?.(options) ?? []);
  return texts.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
