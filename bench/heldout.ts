import { readFileSync } from 'node:fs';
import type { Result } from '../src/contract/resource.ts';
import { memoryCache, runJob, withDemo } from './job.ts';
import { methods } from '../src/core/methods/index.ts';
import type { Endpoints } from '../src/service/ports.ts';

/*
 * The methods against the truth: on held-out prompts of the embedded model the sentence that holds the answer is
 * known, so the top unit can be checked. Log-likelihood scoring and text-only scoring side by side.
 *
 * Methods share the answers of a prompt, so that the table takes minutes; what each would have paid alone is counted.
 *
 *   node bench/heldout.ts [prompts per task for every method, default 20] [comma-separated methods]
 */

interface Row {
  task: string;
  kind: 'chat' | 'completion';
  messages: { role: string; content: string }[] | null;
  prompt: string;
  sentences: string[];
  question: string;
  gold_sentences: number[];
  model_answer: string;
  correct: boolean;
}

const TASKS = ['one_hop', 'two_hop', 'override', 'sentiment'];
/** Shares that the table must reach, from the issue that asked for it, and by which methods. */
const FLOORS: Record<string, number> = { one_hop: 0.97, override: 0.95, sentiment: 0.9 };
const FLOORED = ['leave-one-out', 'lasso'];
/** Methods that are played on all prompts, and prompts of each task for the others. */
const ON_ALL = ['auto', 'leave-one-out', 'lasso'];
const FEW = 20;

const prompts = readFileSync(new URL('../demo/model/eval.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((text) => JSON.parse(text) as Row);

/**
 * The row as a call: the passage split in sentences, everything else fixed. Where fixed text stands before the passage
 * the call is a plain prompt, since chat parts would be joined by a newline that the row does not have.
 */
function callOf(row: Row): Record<string, unknown> {
  const user = row.messages?.at(-1)?.content ?? row.prompt;
  const passageEnd = user.lastIndexOf(`\n${row.question}`);
  const first = user.indexOf(row.sentences[0] ?? '');
  const common = { model: 'tiny-reader', temperature: 0, max_tokens: 32 };
  if (first > 0) {
    const start = row.prompt.indexOf(user) + first;
    const end = row.prompt.indexOf(user) + passageEnd;
    const prompt = [
      { type: 'text', text: row.prompt.slice(0, start), explain: 'fixed' },
      { type: 'text', text: row.prompt.slice(start, end), explain: 'split' },
      { type: 'text', text: row.prompt.slice(end), explain: 'fixed' },
    ];
    return { ...common, prompt };
  }
  const parts = [
    { type: 'text', text: user.slice(0, passageEnd), explain: 'split' },
    { type: 'text', text: row.question, explain: 'fixed' },
  ];
  const system = (row.messages ?? []).slice(0, -1).map((message) => ({ ...message, explain: 'fixed' }));
  return { ...common, messages: [...system, { role: 'user', content: parts }] };
}

/** Whether the highest score is on a gold sentence. */
function topIsGold(result: Result, row: Row): boolean {
  const scores = result.attributions[0]?.scores ?? [];
  const split = result.units.filter((unit) => !unit.fixed);
  const best = split.toSorted((a, b) => (scores[b.index] ?? -Infinity) - (scores[a.index] ?? -Infinity))[0];
  return best !== undefined && row.gold_sentences.some((gold) => best.text.trim() === row.sentences[gold]);
}

interface Drops {
  /** Over the first fifth of the text, on average. */
  aupc: number;
  /** When everything is taken away. */
  whole: number;
}

/** How the value drops when units are taken away by score; null where an evaluation failed. */
function dropsOf({ faithfulness: { checked, deletion } }: Result): Drops | null {
  const [full, empty, aupc] = [checked?.full ?? null, checked?.empty ?? null, deletion?.aupc ?? null];
  return full === null || empty === null || aupc === null ? null : { aupc, whole: full - empty };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

interface Tally {
  right: Map<string, number>;
  of: Map<string, number>;
  /** Of the prompts that all methods are played on. */
  drops: Drops[];
  /** Evaluations that these jobs needed, whoever had asked for them first. */
  calls: number;
}

/** Methods with both scorers on one prompt. */
async function playPrompt(endpoints: Endpoints, row: Row, tallies: readonly (readonly [string, Tally])[], common: boolean): Promise<void> {
  const cache = memoryCache();
  for (const [name, tally] of tallies) {
    const [method, scorer] = name.split(' | ');
    const body = { call: callOf(row), completion: row.model_answer, method: { id: method }, scorer: { id: scorer } };
    const result = await runJob(endpoints, body, cache);
    tally.of.set(row.task, (tally.of.get(row.task) ?? 0) + 1);
    tally.right.set(row.task, (tally.right.get(row.task) ?? 0) + (topIsGold(result, row) ? 1 : 0));
    if (!common) continue;
    tally.calls += result.evaluations.asked + result.evaluations.cached;
    const drops = dropsOf(await runJob(endpoints, { ...body, faithfulness: { checks: ['deletion'], baselines: 0 } }, cache));
    if (drops) tally.drops.push(drops);
  }
}

function line(name: string, { right, of, drops, calls }: Tally, played: number): string {
  const [method, scorer] = name.split(' | ');
  const floored = FLOORED.includes(method ?? '') && scorer === 'log-likelihood';
  const shown = TASKS.map((task) => {
    const [hits, jobs] = [right.get(task) ?? 0, of.get(task) ?? 0];
    return `${hits}/${jobs}${floored && hits / jobs < (FLOORS[task] ?? 0) ? ' (below)' : ''}`;
  });
  const share = `${((100 * sum([...right.values()])) / sum([...of.values()])).toFixed(1)} %`;
  // of sums: a call whose value hardly drops has no share worth the name
  const area = sum(drops.map(({ aupc }) => aupc)) / sum(drops.map(({ whole }) => whole));
  return `| ${name} | ${shown.join(' | ')} | ${share} | ${area.toFixed(3)} | ${(calls / played).toFixed(1)} |`;
}

/** The page's section in Markdown. `few`: prompts of each task that every method is played on. */
export async function run(few = FEW, only: readonly string[] = []): Promise<string> {
  const ids = methods.map(({ id }) => id).filter((id) => only.length === 0 || only.includes(id));
  const names = ids.flatMap((id) => ['log-likelihood', 'chrf'].map((scorer) => `${id} | ${scorer}`));
  const tallies = names.map((name): [string, Tally] => [name, { right: new Map(), of: new Map(), drops: [], calls: 0 }]);
  const whole = tallies.filter(([name]) => ON_ALL.includes(name.split(' | ')[0] ?? ''));
  const ofTasks = TASKS.map((task) => prompts.filter((row) => row.task === task && row.correct));
  const [common, others] = [ofTasks.flatMap((rows) => rows.slice(0, few)), ofTasks.flatMap((rows) => rows.slice(few))];
  await withDemo(async (endpoints) => {
    for (const [at, row] of [...common, ...others].entries()) {
      await playPrompt(endpoints, row, at < common.length ? tallies : whole, at < common.length);
      process.stderr.write(`${at + 1} of ${common.length + others.length} prompts\n`);
    }
  });
  const floors = Object.entries(FLOORS).map(([task, floor]) => `${task} ${floor * 100} %`);
  return [
    '## Held-out prompts of the embedded model',
    '',
    'How often the top unit is a sentence that holds the answer, on prompts that the model answers rightly: on all',
    `${common.length + others.length} for ${ON_ALL.join(', ')}, on up to ${few} of each task (${common.length}) for the others. Floors for ${FLOORED.join(' and ')} with`,
    `log-likelihood: ${floors.join(', ')}; "(below)" marks a cell under its floor.`,
    `On the ${common.length} prompts: AUPC, the average drop of the value while the first 20 % of the text is taken away by score, as a share`,
    'of the drop when all is, both summed over calls (higher is better; only rows of one scorer compare), and the calls that a',
    'job needs by itself, with its held-out check and without the masks of AUPC.',
    '',
    `| method | scorer | ${TASKS.join(' | ')} | top 1 | AUPC | calls a job |`,
    `|---|---|${TASKS.map(() => '---').join('|')}|---|---|---|`,
    ...tallies.map(([name, tally]) => line(name, tally, common.length)),
    '',
  ].join('\n');
}

if (import.meta.main) {
  const [few, only] = process.argv.slice(2);
  process.stdout.write(await run(few ? Number(few) : FEW, only ? only.split(',') : []));
}
