import { writeFileSync } from 'node:fs';
import { run as demoModel } from './demo-model.ts';
import { run as heldout } from './heldout.ts';
import { run as synthetic } from './synthetic.ts';

/*
 * All benchmarks; writes docs/benchmarks.md. Each prints its own tolerance and compares inside one run.
 *
 *   npm run bench                  everything
 *   npm run bench -- heldout       one of: demo-model, heldout, synthetic (the page is left alone)
 */
const sections: Record<string, () => Promise<string>> = { 'demo-model': demoModel, heldout: () => heldout(), synthetic };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in sections));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark is named ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}\n`);
  process.exit(2);
}
const parts: string[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const part = await section();
  process.stdout.write(`${part}\n`);
  parts.push(part);
}
if (asked.length === 0) {
  const head = '# Benchmarks\n\nWritten by `npm run bench`. Ratios inside one run count; absolute times are of the machine it ran on.\n';
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), `${head}\n${parts.join('\n')}`);
}
