import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cell, fenced, html } from '../../../src/api/report/escape.ts';
import { htmlReport } from '../../../src/api/report/html.ts';
import { markdownReport } from '../../../src/api/report/markdown.ts';
import { EXPLANATION_EXAMPLE } from '../../../src/contract/example-explanation.ts';
import { resultSchema } from '../../../src/contract/resource.ts';
import { BODY, expectProblem, testApp, type TestApp } from './app.ts';

const result = resultSchema.parse(EXPLANATION_EXAMPLE.result);

let test: TestApp;
beforeEach(async () => {
  test = await testApp();
});
afterEach(async () => test.app.close());

const report = (id: string, accept?: string) => test.app.inject({ url: `/v1/explanations/${id}/report`, headers: accept === undefined ? {} : { accept } });
const submit = async () => (await test.app.inject({ method: 'POST', url: '/v1/explanations', payload: BODY })).json<{ id: string }>().id;

describe('GET /v1/explanations/{id}/report', () => {
  it('is a page, or Markdown by Accept', async () => {
    const id = await submit();
    test.service.complete(id);
    const page = await report(id);
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('Lars has a pet tortoise.');
    const text = await report(id, 'text/markdown, text/html;q=0.5');
    expect(text.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(text.body).toContain('| 1 | Lars has a pet tortoise. | 11.84 |');
  });

  it('says why there is none', async () => {
    const id = await submit();
    expectProblem(await report(id), 'not_finished');
    test.service.move(id, { status: 'failed' });
    expectProblem(await report(id), 'no_result');
    expectProblem(await report(id, 'application/pdf'), 'not_acceptable');
    expectProblem(await report('exp_none'), 'not_found');
  });
});

describe('a report', () => {
  it('has no column and no line for what was not measured', () => {
    const bare = {
      ...result,
      attributions: result.attributions.map((entry) => ({ ...entry, intervals: null })),
      faithfulness: { ...result.faithfulness, holdout_r2: null, lds: null },
    };
    for (const written of [htmlReport('exp_1', bare), markdownReport('exp_1', bare)]) expect(written).not.toMatch(/interval|held-out fit/);
    const ranged = {
      ...result,
      attributions: result.attributions.map((entry) => ({ ...entry, intervals: entry.scores.map((): [number, number] => [0.5, 2]) })),
      faithfulness: { ...result.faithfulness, holdout_r2: 0.5, lds: null },
    };
    expect(htmlReport('exp_1', ranged)).toMatch(/95 % interval.*0\.5 … 2.*R² 0\.5, rank correlation –/s);
    expect(markdownReport('exp_1', ranged)).toMatch(/\| score \| 95 % interval \|\n\|---\|---\|---\|---\|\n.*\| 0\.5 … 2 \|/);
  });

  it('loads nothing and runs nothing, whatever stands in prompt and answer', () => {
    const evil = '<script src="https://x.example/a.js">alert(1)</script><img src=x onerror="a()">\' onmouseover=\'b()';
    const planted = {
      ...result,
      completion: evil,
      units: result.units.map((unit) => ({ ...unit, text: evil, label: evil, at: evil, role: evil })),
      attributions: result.attributions.map((entry) => ({ ...entry, reasons: [evil], interactions: [{ units: [0, 1], score: 1, reading: 'both needed' as const }] })),
      scorer: { ...result.scorer, id: evil },
    };
    const page = htmlReport(evil, planted);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|@import|url\(/i);
    // what was planted is text: the only quotes in tags are the page's own
    for (const [tag] of page.matchAll(/<[^>]*>/g)) expect(tag).not.toMatch(/onerror|onmouseover|https:/);
    expect(markdownReport(evil, planted).split('\n').filter((line) => line.startsWith('|')).join('\n')).not.toMatch(/(^|[^\\])<script/);
  });

  it('shades every scored unit and keeps the input whole', () => {
    const page = htmlReport('exp_1', result);
    expect(page.match(/<span style="background/g)).toHaveLength(3);
    expect(page.match(/<span class="fixed">/g)).toHaveLength(1);
    const text = page.replaceAll(/<[^>]*>/g, '');
    expect(text).toContain('The sky was clear. Lars has a pet tortoise. Rufus has a pet turtle.');
  });

  it('shows units that have parts by their parts', () => {
    const [first, second] = result.units;
    if (!first || !second) throw new Error('an example without units');
    const units = [{ ...first, text: 'A. B.', level: 'paragraph' }, { ...first, index: 1, text: 'A. ', parent: 0 }, { ...first, index: 2, text: 'B.', parent: 0 }];
    const tree = { ...result, units, attributions: [{ ...result.attributions[0]!, scores: [3, 1, 2] }] };
    expect(htmlReport('exp_1', tree).match(/<span style/g)).toHaveLength(2);
    expect(markdownReport('exp_1', tree)).not.toContain('A. B.');
  });

  it('escapes: no markup is left in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(html(text)).not.toMatch(/[<>"']/);
        expect(cell(text)).not.toMatch(/\n|(^|[^\\])(\\\\)*[|<]/);
        const [fence = '', ...rest] = fenced(text).split('\n');
        expect(rest.slice(0, -1).some((line) => line.startsWith(fence.replace('text', '')))).toBe(false);
      }),
    );
  });
});
