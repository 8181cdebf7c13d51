import type { Result, ResultAttribution } from '../../contract/resource.ts';
import { htmlContrast } from './contrast.ts';
import { html } from './escape.ts';
import { highlightHtml } from './highlight.ts';
import { factsOf, figure, haveIntervals, leavesOf, MOST_ROWS, MOST_TARGETS, type Ranked, rankingOf } from './view.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--quiet:#667;--line:#d5d8de;--up:217,119,6;--down:37,99,235}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8ea;--paper:#16181d;--quiet:#9aa3b2;--line:#343944;--up:245,158,11;--down:96,165,250}}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:56rem;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2.2rem}h3{font-size:1rem;color:var(--quiet)}
pre,.text{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;margin:.5rem 0}
.text span{border-radius:.2rem}.fixed{color:var(--quiet)}.at{color:var(--quiet);font-size:.8rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}td,th{border-bottom:1px solid var(--line);padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}mark{background:rgba(var(--up),.35);color:inherit;border-radius:.2rem}
del{background:rgba(var(--down),.25)}ins{background:rgba(var(--up),.35);text-decoration:none}`;

/** Orange for what raised the value, blue for what lowered it; the strength is the share of the largest score. */
function shade(score: number, largest: number): string {
  const strength = largest > 0 ? Math.abs(score) / largest : 0;
  return `background:rgba(var(--${score < 0 ? 'down' : 'up'}),${(0.65 * strength).toFixed(3)})`;
}

/** The input with every unit shaded, a block per text of the call. */
function heatMap(result: Result, attribution: ResultAttribution): string {
  const largest = Math.abs(rankingOf(result, attribution)[0]?.score ?? 0);
  const blocks: string[] = [];
  let at: string | null = null;
  for (const unit of leavesOf(result)) {
    if (unit.at !== at) {
      const label = unit.label === null ? '' : ` · ${html(unit.label)}`;
      blocks.push(`${at === null ? '' : '</div>'}<div class="at">${html(unit.at)}${unit.role === null ? '' : ` · ${html(unit.role)}`}${label}</div><div class="text">`);
      at = unit.at;
    }
    const score = attribution.scores[unit.index] ?? null;
    blocks.push(
      score === null
        ? `<span class="fixed">${html(unit.text)}</span>`
        : `<span style="${shade(score, largest)}" title="${figure(score)}">${html(unit.text)}</span>`,
    );
  }
  return `${blocks.join('')}${at === null ? '' : '</div>'}`;
}

function row({ unit, score, interval }: Ranked, place: number, intervals: boolean): string {
  const range = interval === null ? '' : `${figure(interval[0])} … ${figure(interval[1])}`;
  return `<tr><td class="n">${place + 1}</td><td>${html(unit.text.trim())}</td><td class="n">${figure(score)}</td>${intervals ? `<td class="n">${range}</td>` : ''}</tr>`;
}

function ranking(result: Result, attribution: ResultAttribution): string {
  const rows = rankingOf(result, attribution);
  const intervals = haveIntervals(rows);
  const more = rows.length > MOST_ROWS ? `<p class="at">and ${rows.length - MOST_ROWS} more with smaller scores</p>` : '';
  return (
    `<table><tr><th class="n"></th><th>unit</th><th class="n">score</th>${intervals ? '<th class="n">95 % interval</th>' : ''}</tr>` +
    `${rows.slice(0, MOST_ROWS).map((ranked, place) => row(ranked, place, intervals)).join('')}</table>${more}`
  );
}

function together(result: Result, { interactions }: ResultAttribution): string {
  if (interactions.length === 0) return '';
  const text = (unit: number) => html(result.units[unit]?.text.trim() ?? '');
  const rows = interactions.map(({ units, score, reading }) => `<tr><td>${units.map(text).join('<br>')}</td><td>${html(reading)}</td><td class="n">${figure(score)}</td></tr>`);
  return `<h3>Units that act together</h3><table><tr><th>units</th><th>reading</th><th class="n">score</th></tr>${rows.join('')}</table>`;
}

function section(result: Result, attribution: ResultAttribution): string {
  const target = result.targets[attribution.target];
  const points = Array.from(result.completion);
  const shown = target
    ? `${html(points.slice(0, target.start).join(''))}<mark>${html(points.slice(target.start, target.end).join(''))}</mark>${html(points.slice(target.end).join(''))}`
    : html(result.completion);
  const reasons = attribution.reasons.map((reason) => `<p class="at">${html(reason)}</p>`).join('');
  return (
    `<h2>Answer</h2><pre>${shown}</pre><h3>What it was made of</h3>${heatMap(result, attribution)}` +
    `<h3>Ranking</h3>${ranking(result, attribution)}${reasons}${together(result, attribution)}`
  );
}

const KEY = '<p>Orange raised the value of the answer, blue lowered it; the stronger, the more. Grey text was never taken away.</p>';

/** A page without script and without any resource of elsewhere: it can be mailed, stored and printed. */
export function htmlReport(id: string, result: Result): string {
  const shown = result.attributions.slice(0, MOST_TARGETS).map((attribution) => section(result, attribution));
  const more = result.attributions.length > MOST_TARGETS ? `<p class="at">${result.attributions.length - MOST_TARGETS} more targets are in the result.</p>` : '';
  const facts = factsOf(result).map(([name, value]) => `<tr><th>${html(name)}</th><td>${html(value)}</td></tr>`);
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<title>Explanation ${html(id)}</title><style>${STYLE}</style></head><body><h1>Explanation <small class="at">${html(id)}</small></h1>` +
    `${shown.length > 0 ? KEY : ''}${highlightHtml(result)}${htmlContrast(result)}${shown.join('')}${more}<h2>How it was measured</h2><table>${facts.join('')}</table></body></html>\n`
  );
}
