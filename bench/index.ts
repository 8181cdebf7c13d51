import { readFileSync, writeFileSync } from 'node:fs';
import { run as contrast } from './contrast.ts';
import { run as coverage } from './coverage.ts';
import { run as demoModel } from './demo-model.ts';
import { run as heldout } from './heldout.ts';
import { run as highlight } from './highlight.ts';
import { run as later } from './later.ts';
import { run as limits } from './limits.ts';
import { run as load } from './load.ts';
import { run as memory } from './memory.ts';
import { run as passages } from './passages.ts';
import { run as prefixCache } from './prefix-cache.ts';
import { run as saturation } from './saturation.ts';
import { run as synthetic } from './synthetic.ts';

/*
 * The benchmarks; each writes its section of docs/benchmarks.md, prints its own tolerance and compares inside one run.
 *
 *   npm run bench                  all of them
 *   npm run bench -- heldout       one or more of: demo-model, heldout, passages, highlight, contrast, later, prefix-cache, synthetic, coverage, limits, saturation, load, memory; the other sections stay as they are
 */
const sections: Record<string, () => Promise<string | null>> = {
  'demo-model': demoModel,
  heldout: () => heldout(),
  passages,
  highlight: () => highlight(),
  contrast: () => contrast(),
  later: () => later(),
  'prefix-cache': prefixCache,
  synthetic: () => synthetic(),
  coverage: () => coverage(),
  limits,
  saturation,
  load,
  memory,
};
const page = new URL('../docs/benchmarks.md', import.meta.url);
const HEAD = '# Benchmarks\n\nWritten by `npm run bench`. Ratios inside one run count; absolute times are of the machine it ran on.\n';
const marker = (name: string) => `<!-- ${name} -->`;

/** The section as the page has it, '' where it was never written. */
function written(text: string, name: string): string {
  const [, after] = text.split(`${marker(name)}\n`);
  return after?.split('\n<!-- ')[0]?.trim() ?? '';
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in sections));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark is named ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}\n`);
  process.exit(2);
}

function pageText(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}

for (const [name, section] of Object.entries(sections)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const text = await section();
  // what could not be measured here keeps the figures of where it could
  if (text === null) continue;
  process.stdout.write(`${text}\n`);
  // read anew and written after each: a long run that is stopped keeps what it has measured
  const before = pageText();
  const parts = Object.keys(sections).map((other) => [other, other === name ? text.trim() : written(before, other)] as const);
  const shown = parts.filter(([, body]) => body !== '').map(([other, body]) => `${marker(other)}\n${body}\n`);
  writeFileSync(page, [HEAD, ...shown].join('\n'));
}
