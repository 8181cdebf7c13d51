import type { Draft, Edit, Trial } from '../types.ts';

/** Name of a draft: equal for equal edits. */
export function draftKey(draft: Draft): string {
  return JSON.stringify(draft.map(({ group, to }) => [group, to]));
}

/** The draft with one more edit, in the place of one that it may have of the group. */
export function withEdit(draft: Draft, edit: Edit): Draft {
  return [...draft.filter(({ group }) => group !== edit.group), edit].sort((a, b) => a.group - b.group);
}

export function groupsIn(draft: Draft): number[] {
  return draft.map(({ group }) => group);
}

/** Fewer edits first, then the higher score; equal ones keep their order. */
export function fewestFirst(trials: readonly Trial[]): Trial[] {
  return trials.toSorted((a, b) => a.draft.length - b.draft.length || b.score - a.score);
}

/** Those that were tried and have a score. */
export function scored(trials: readonly (Trial | null)[]): Trial[] {
  return trials.filter((trial) => trial !== null && !Number.isNaN(trial.score)) as Trial[];
}

/** The highest score, of equal ones the first. @param trials not empty */
export function highest(trials: readonly Trial[]): Trial {
  return trials.reduce((best, trial) => (trial.score > best.score ? trial : best));
}
