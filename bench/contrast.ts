import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Result } from '../src/contract/resource.ts';
import { createEndpoints } from '../src/endpoints/index.ts';
import { demoEndpoint } from '../src/bin/demo-endpoint.ts';
import type { Endpoints } from '../src/service/ports.ts';
import { runJob, withDemo } from './job.ts';

/*
 * Searches for edits: how long their waves take beside asking one call after the other, and whether they find what
 * would have changed the answers of the embedded model.
 *
 *   node bench/contrast.ts [prompts, default all]
 */

interface Row {
  task: string;
  sentences: string[];
  question: string;
  gold_sentences: number[];
  answer: string;
  correct: boolean;
}

/** From the issue that asked for it. */
const MOST_TIME = 0.25;
const MOST_WAVES = 25;
const FOUND = 0.8;
const IN_PLACE = 0.9;
const EVALUATIONS = 60;
const LATENCY_MS = 50;
const IN_FLIGHT = 32;
const BUDGET = 100;
const ROUNDS = 11;

const oneHop = readFileSync(new URL('../demo/model/eval.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row)
  .filter(({ task, correct }) => task === 'one_hop' && correct);

const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');
const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
const word = (answer: string): string => answer.replace(/^(A|An|The) /, '').replace(/\.$/, '');

interface Timed {
  method: string;
  waves: number;
  evaluations: number;
  together: number;
  serial: number;
  ratio: number;
}

interface Run {
  took: number;
  evaluations: number;
  waves: number;
}

/** A server, and searches there that find nothing, so that all of their budget is used, with so many requests in flight. */
async function searcher(method: string, inFlight: number): Promise<{ search: (seed: number) => Promise<Run>; close: () => Promise<void> }> {
  const server = new Worker(new URL('./contrast-server.ts', import.meta.url), { workerData: { latencyMs: LATENCY_MS, about: '[job]' } });
  const [url] = (await once(server, 'message')) as [string];
  const wavesSince = async (): Promise<number> => {
    server.postMessage('waves');
    const [waves] = (await once(server, 'message')) as [number];
    return waves;
  };
  const endpoints = createEndpoints({ default: 'slow', endpoints: [{ ...demoEndpoint(url), name: 'slow', models: ['m'], identity: url, concurrency: inFlight, maxBatch: 1, embeddingModel: null }] }, {});
  const text = Array.from({ length: 120 }, (_, at) => `word${at}`).join(' ');
  const content = [{ type: 'text', text: '[job]', explain: 'fixed' }, { type: 'text', text }];
  return {
    async search(seed) {
      await wavesSince();
      const started = performance.now();
      const { contrast } = await runJob(endpoints, { call: { model: 'm', temperature: 0, messages: [{ role: 'user', content }] }, method: { id: method, options: { max_evaluations: BUDGET } }, seed });
      const took = (performance.now() - started) / 1_000;
      return { took, evaluations: contrast?.evaluations ?? 0, waves: await wavesSince() };
    },
    async close() {
      await endpoints.close();
      await server.terminate();
    },
  };
}

/** Medians of some rounds, both in turns, after a search of each that is not timed: a worker has run for long. */
async function timed(method: string): Promise<Timed> {
  const [wide, single] = await Promise.all([searcher(method, IN_FLIGHT), searcher(method, 1)]);
  try {
    const rounds: { together: Run; serial: Run }[] = [];
    for (let seed = 0; seed <= ROUNDS; seed += 1) {
      const round = { together: await wide.search(seed), serial: await single.search(seed) };
      if (seed > 0) rounds.push(round);
    }
    const most = (of: (run: Run) => number) => Math.max(...rounds.flatMap(({ together, serial }) => [of(together), of(serial)]));
    return {
      method,
      waves: Math.max(...rounds.map(({ together }) => together.waves)),
      evaluations: most((search) => search.evaluations),
      together: middle(rounds.map(({ together }) => together.took)),
      serial: middle(rounds.map(({ serial }) => serial.took)),
      ratio: middle(rounds.map(({ together, serial }) => together.took / serial.took)),
    };
  } finally {
    await Promise.all([wide.close(), single.close()]);
  }
}

interface Search {
  name: string;
  options: object;
}

/** What callers know of their own prompts: names, and the answers that questions of a kind have. */
function kindsOf(rows: readonly Row[]): string[][] {
  const named = (question: string) => question.match(/\b[A-Z][a-z]+\b/g)?.slice(1) ?? [];
  const byQuestion = Map.groupBy(rows, ({ question }) => question.replaceAll(/\b[A-Z][a-z]+\b/g, '_'));
  const answers = [...byQuestion.values()].map((own) => [...new Set(own.map(({ answer }) => word(answer)))]);
  const names = [...new Set(rows.flatMap(({ question }) => named(question)))];
  return [...answers, names].filter((kind) => kind.length > 1);
}

function bodyOf({ sentences, question }: Row, options: object) {
  const content = [{ type: 'text', text: sentences.join(' ') }, { type: 'text', text: `\n${question}` }];
  return { call: { model: 'tiny-reader', temperature: 0, max_tokens: 32, messages: [{ role: 'user', content }] }, method: { id: 'mcell', options: { max_evaluations: EVALUATIONS, ...options } } };
}

/** Whether every edit is in a sentence that holds the answer, or in the question. */
function inPlace({ contrast, units }: Result, row: Row): boolean {
  const gold = new Set(row.gold_sentences.map((at) => row.sentences[at]));
  return contrast?.edits.every(({ unit }) => units[unit]?.at.endsWith('[1]') || gold.has(units[unit]?.text.trim())) ?? false;
}

interface Found {
  of: number;
  found: number;
  placed: number;
  edits: number[];
  evaluations: number[];
  /** Jobs with more evaluations than they may have. */
  over: number;
}

async function searched(endpoints: Endpoints, rows: readonly Row[], { name, options }: Search): Promise<Found> {
  const seen: Found = { of: 0, found: 0, placed: 0, edits: [], evaluations: [], over: 0 };
  for (const row of rows) {
    const result = await runJob(endpoints, bodyOf(row, options));
    const { contrast } = result;
    if (!contrast) throw new Error('not a search');
    seen.of += 1;
    seen.evaluations.push(contrast.evaluations);
    if (contrast.evaluations > EVALUATIONS) seen.over += 1;
    if (!contrast.found) continue;
    seen.found += 1;
    seen.placed += inPlace(result, row) ? 1 : 0;
    seen.edits.push(contrast.edits.length);
  }
  process.stderr.write(`${name}: ${seen.found} of ${seen.of}, ${seen.placed} in place\n`);
  return seen;
}

/** The page's section in Markdown. */
export async function run(limit = Infinity): Promise<string> {
  const lines = [
    '## Searches for edits',
    '',
    `A search that finds nothing in ${BUDGET} evaluations, ${LATENCY_MS} ms a request, with ${IN_FLIGHT} requests in flight and one after the other,`,
    `medians of ${ROUNDS} rounds of both in turns:`,
    '',
    '| search | evaluations | waves that depend on one another | in flight, s | one by one, s | ratio |',
    '|---|---|---|---|---|---|',
  ];
  let quick = true;
  for (const method of ['cell', 'mcell']) {
    const { waves, evaluations, together, serial, ratio } = await timed(method);
    quick &&= ratio <= MOST_TIME && waves <= MOST_WAVES && evaluations <= BUDGET;
    lines.push(`| ${method} | ${evaluations} | ${waves} | ${together.toFixed(2)} | ${serial.toFixed(2)} | ${ratio.toFixed(3)} |`);
  }
  lines.push('', `At most ${MOST_TIME} of the time, ${MOST_WAVES} waves and ${BUDGET} evaluations: ${verdict(quick)}.`, '');
  const rows = oneHop.slice(0, limit);
  lines.push(
    `What would have changed the answer to one-hop prompts that the embedded model answers rightly: \`mcell\` with at most ${EVALUATIONS} evaluations,`,
    'words of passage and question taken away, or swapped for others of a list of names and of answers to questions of that kind (two proposals for each).',
    'In place: all edits lie in the sentence that holds the answer, or in the question.',
    '',
    '| infiller | contrast found | in place | median edits | median evaluations |',
    '|---|---|---|---|---|',
  );
  let met = true;
  await withDemo(async (endpoints) => {
    const swap = { infiller: { id: 'swap', options: { kinds: kindsOf(oneHop) } }, proposals: 2 };
    for (const search of [{ name: 'swap', options: swap }, { name: 'delete', options: {} }]) {
      const { of, found, placed, edits, evaluations, over } = await searched(endpoints, rows, search);
      met &&= found >= FOUND * of && placed >= IN_PLACE * found && middle(edits) === 1 && over === 0;
      lines.push(`| ${search.name} | ${found}/${of} | ${placed}/${found} | ${middle(edits)} | ${middle(evaluations)} |`);
    }
  });
  lines.push('', `Found in at least ${FOUND * 100} %, in place in at least ${IN_PLACE * 100} % of those, one edit in the median, never more than ${EVALUATIONS} evaluations: ${verdict(met)}.`, '');
  return lines.join('\n');
}

if (import.meta.main) {
  const [limit] = process.argv.slice(2);
  process.stdout.write(`${await run(limit ? Number(limit) : Infinity)}\n`);
}
