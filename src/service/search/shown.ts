import type { Contrast as PublicContrast, ContrastEdit } from '../../contract/contrast.ts';
import { codePointOffset } from '../../core/codepoints.ts';
import type { Contrast } from '../../core/contrasts/contrasts.ts';
import { draftKey } from '../../core/contrasts/drafts.ts';
import type { Draft } from '../../core/types.ts';
import type { Seeking } from './seeking.ts';

/** What a contrast is shown by. */
export interface Showing {
  seeking: Pick<Seeking, 'editor' | 'epsilon' | 'search'>;
  /** Answers to drafts, by draftKey. */
  answers: ReadonlyMap<string, string>;
  evaluations: number;
}

/** The edits as the contract shows them: offsets in code points of the text that `at` names. */
export function shownEdits({ editor }: Pick<Seeking, 'editor'>, draft: Draft): ContrastEdit[] {
  return editor.replacements(draft).map(({ unit, at, start, end, from, to }) => {
    const text = editor.textAt(at);
    return { unit, start: codePointOffset(text, start), end: codePointOffset(text, end), from, to };
  });
}

function shownOne({ seeking, answers }: Showing, { draft, score, minimal }: Contrast) {
  return {
    score: Number.isFinite(score) ? score : null,
    edits: shownEdits(seeking, draft),
    call: { ...seeking.editor.render(draft) },
    completion: answers.get(draftKey(draft)) ?? null,
    minimal,
  };
}

const NOTHING = { score: null, edits: [], call: null, completion: null, minimal: false };

/** What a search came to: the contrasts in the order of finding, or the best attempt, if there was one. */
export function shownContrast(showing: Showing, found: readonly Contrast[], best: Contrast | null, reasons: readonly string[]): PublicContrast {
  const [first = best, ...others] = found;
  const { search, epsilon } = showing.seeking;
  return {
    found: found.length > 0,
    goal: search.goal,
    epsilon,
    ...(first ? shownOne(showing, first) : NOTHING),
    evaluations: showing.evaluations,
    alternatives: others.map((other) => shownOne(showing, other)),
    reasons: [...reasons],
  };
}
