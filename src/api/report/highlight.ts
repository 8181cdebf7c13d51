import type { Highlight } from '../../contract/highlight.ts';
import type { Result } from '../../contract/resource.ts';
import { cell, html } from './escape.ts';
import { figure } from './view.ts';

/*
 * What a report says of a highlight: the units, and the rates with and without them.
 */

interface Row {
  name: string;
  arm: Highlight['unchanged'];
}

function armsOf({ unchanged, without, random, paraphrased }: Highlight): Row[] {
  const rows: Row[] = [
    { name: 'as it stands', arm: unchanged },
    { name: 'without the highlighted units', arm: without },
    { name: 'without as many random units', arm: random },
    { name: 'with the highlighted units paraphrased', arm: paraphrased },
  ];
  return rows.filter(({ arm }) => arm !== null);
}

interface Rated {
  count: number;
  rate: number | null;
  interval: readonly [number, number];
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
const rated = ({ count, rate, interval }: Rated, of: number) => (rate === null ? '–' : `${count} of ${of}, ${percent(interval[0])} … ${percent(interval[1])}`);

const HEADS = ['the call', 'attack success', 'refused'];

function cells({ name, arm }: Row): string[] {
  return arm ? [name, rated(arm.attack_success, arm.samples), rated(arm.refusal, arm.samples)] : [];
}

const unitsOf = ({ units }: Highlight, result: Result) => units.map(({ unit, score }) => ({ text: result.units[unit]?.text.trim() ?? '', score }));

/** '' where nothing was highlighted by the job's method. */
export function highlightHtml(result: Result): string {
  const { highlight } = result;
  if (!highlight) return '';
  const units = unitsOf(highlight, result).map(({ text, score }) => `<tr><td><mark>${html(text)}</mark></td><td class="n">${figure(score)}</td></tr>`);
  const rows = armsOf(highlight).map((row) => `<tr>${cells(row).map((text) => `<td>${html(text)}</td>`).join('')}</tr>`);
  const table = rows.length === 0 ? '' : `<table><tr>${HEADS.map((head) => `<th>${head}</th>`).join('')}</tr>${rows.join('')}</table>`;
  return (
    `<h2>What drives compliance</h2>${highlight.reasons.map((reason) => `<p>${html(reason)}</p>`).join('')}` +
    `${units.length === 0 ? '' : `<table><tr><th>highlighted</th><th class="n">score</th></tr>${units.join('')}</table>`}${table}`
  );
}

/** [] where nothing was highlighted by the job's method. */
export function highlightMarkdown(result: Result): string[] {
  const { highlight } = result;
  if (!highlight) return [];
  const units = unitsOf(highlight, result).map(({ text, score }) => `| ${cell(text)} | ${figure(score)} |`);
  const rows = armsOf(highlight).map((row) => `| ${cells(row).map(cell).join(' | ')} |`);
  return [
    '## What drives compliance',
    '',
    ...highlight.reasons.flatMap((reason) => [cell(reason), '']),
    ...(units.length > 0 ? ['| highlighted | score |', '|---|---|', ...units, ''] : []),
    ...(rows.length > 0 ? [`| ${HEADS.join(' | ')} |`, '|---|---|---|', ...rows, ''] : []),
  ];
}
