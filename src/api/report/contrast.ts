import type { Contrast } from '../../contract/contrast.ts';
import type { Result } from '../../contract/resource.ts';
import { cell, fenced, html } from './escape.ts';
import { figure, leavesOf } from './view.ts';

/*
 * What a search came to, in both forms of the report.
 */

type Shown = Pick<Contrast, 'score' | 'edits' | 'completion' | 'minimal'>;
type Edit = Contrast['edits'][number];

const HEADINGS = {
  differs: { yes: 'What would have changed the answer', no: 'No edit was found that changes the answer; the best attempt' },
  keeps: { yes: 'The least input that keeps the answer', no: 'Nothing was found that can be taken away' },
} as const;

function headingOf({ goal, found }: Contrast): string {
  return HEADINGS[goal][found ? 'yes' : 'no'];
}

function allShown(contrast: Contrast): Shown[] {
  return [contrast, ...contrast.alternatives];
}

interface Piece {
  text: string;
  edit: Edit | null;
}

/** A text cut at its edits; an edit's piece is what stood there. */
function piecesOf(text: string, edits: readonly Edit[]): Piece[] {
  const points = Array.from(text);
  let at = 0;
  const pieces = edits.flatMap((edit): Piece[] => {
    const before = points.slice(at, edit.start).join('');
    at = edit.end;
    return [{ text: before, edit: null }, { text: edit.from, edit }];
  });
  return [...pieces, { text: points.slice(at).join(''), edit: null }];
}

/** The texts of the call that have edits, whole. */
function editedTexts(result: Result, edits: readonly Edit[]): { at: string; pieces: Piece[] }[] {
  const byPlace = Map.groupBy(edits, ({ unit }) => result.units[unit]?.at ?? '');
  return [...byPlace].map(([at, own]) => ({
    at,
    pieces: piecesOf(leavesOf(result).filter((unit) => unit.at === at).map(({ text }) => text).join(''), own),
  }));
}

function htmlOf(result: Result, { score, edits, completion, minimal }: Shown): string {
  const texts = editedTexts(result, edits).map(({ at, pieces }) => {
    const shown = pieces.map(({ text, edit }) => (edit ? `<del>${html(text)}</del>${edit.to === '' ? '' : `<ins>${html(edit.to)}</ins>`}` : html(text)));
    return `<div class="at">${html(at)}</div><div class="text">${shown.join('')}</div>`;
  });
  const answer = completion === null ? '' : `<h3>Answer to it</h3><pre>${html(completion)}</pre>`;
  return `${texts.join('')}${answer}<p class="at">score ${figure(score)}${minimal ? '; no edit of it is needless' : ''}</p>`;
}

/** '' for a result without a contrast. */
export function htmlContrast(result: Result): string {
  const { contrast } = result;
  if (!contrast) return '';
  const reasons = contrast.reasons.map((reason) => `<p class="at">${html(reason)}</p>`).join('');
  const shown = allShown(contrast).map((each, place) => `${place === 0 ? '' : '<h3>Another one</h3>'}${htmlOf(result, each)}`);
  return `<h2>Answer</h2><pre>${html(result.completion)}</pre><h2>${headingOf(contrast)}</h2>${shown.join('')}${reasons}`;
}

function markdownOf({ score, edits, completion }: Shown): string[] {
  const rows = edits.map(({ from, to }) => `| ${cell(from)} | ${to === '' ? '(taken away)' : cell(to)} |`);
  const answer = completion === null ? [] : ['', 'Answer to it:', '', fenced(completion)];
  return ['| it said | it says |', '|---|---|', ...rows, ...answer, '', `Score ${figure(score)}.`, ''];
}

/** No lines for a result without a contrast. */
export function markdownContrast({ completion, contrast }: Result): string[] {
  if (!contrast) return [];
  return ['## Answer', '', fenced(completion), '', `## ${headingOf(contrast)}`, '', ...allShown(contrast).flatMap(markdownOf), ...contrast.reasons.flatMap((reason) => [cell(reason), ''])];
}
