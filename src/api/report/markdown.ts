import type { Result, ResultAttribution } from '../../contract/resource.ts';
import { markdownContrast } from './contrast.ts';
import { cell, fenced } from './escape.ts';
import { highlightMarkdown } from './highlight.ts';
import { factsOf, figure, haveIntervals, MOST_ROWS, MOST_TARGETS, rankingOf } from './view.ts';

function section(result: Result, attribution: ResultAttribution): string[] {
  const target = result.targets[attribution.target];
  const rows = rankingOf(result, attribution);
  const intervals = haveIntervals(rows);
  const lines = [`## Answer${target && target.kind !== 'completion' ? `: ${cell(target.text)}` : ''}`, '', fenced(result.completion), '', `| | unit | score |${intervals ? ' 95 % interval |' : ''}`, `|---|---|---|${intervals ? '---|' : ''}`];
  rows.slice(0, MOST_ROWS).forEach(({ unit, score, interval }, place) => {
    lines.push(`| ${place + 1} | ${cell(unit.text)} | ${figure(score)} |${intervals ? ` ${interval === null ? '' : `${figure(interval[0])} … ${figure(interval[1])}`} |` : ''}`);
  });
  if (rows.length > MOST_ROWS) lines.push('', `and ${rows.length - MOST_ROWS} more with smaller scores`);
  for (const reason of attribution.reasons) lines.push('', cell(reason));
  if (attribution.interactions.length > 0) {
    lines.push('', '| units that act together | reading | score |', '|---|---|---|');
    for (const { units, score, reading } of attribution.interactions) {
      lines.push(`| ${units.map((unit) => cell(result.units[unit]?.text ?? '')).join(' + ')} | ${reading} | ${figure(score)} |`);
    }
  }
  return [...lines, ''];
}

/** The report for a ticket or a chat: tables, no markup from prompt or answer. */
export function markdownReport(id: string, result: Result): string {
  const lines = [`# Explanation ${id}`, '', ...highlightMarkdown(result), ...markdownContrast(result)];
  for (const attribution of result.attributions.slice(0, MOST_TARGETS)) lines.push(...section(result, attribution));
  if (result.attributions.length > MOST_TARGETS) lines.push(`${result.attributions.length - MOST_TARGETS} more targets are in the result.`, '');
  lines.push('## How it was measured', '', '| | |', '|---|---|', ...factsOf(result).map(([name, value]) => `| ${name} | ${cell(value)} |`), '');
  return lines.join('\n');
}
