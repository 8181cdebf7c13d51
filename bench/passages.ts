import { readFileSync } from 'node:fs';
import type { Result } from '../src/contract/resource.ts';
import type { Endpoints } from '../src/service/ports.ts';
import { runJob, withDemo } from './job.ts';

/*
 * `auto` on passages of the embedded model whose truth is known: two facts that only together give the answer, and a
 * fact among 24 sentences.
 *
 *   node bench/passages.ts
 */

interface Prompt {
  task: string;
  kind: string;
  sentences: string[];
  question: string;
  gold_sentences: number[];
  answer: string;
  model_answer: string;
  correct: boolean;
}

const LONG = 24;
/** Shares that must be reached, from the issue that asked for them. */
const BOTH_FOUND = 0.9;
const FOUND = 0.95;
const SHARE_OF_CALLS = 0.5;

const prompts = readFileSync(new URL('../demo/model/eval.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Prompt)
  .filter(({ correct }) => correct);

function bodyOf(sentences: readonly string[], question: string) {
  const content = [
    { type: 'text', text: sentences.join(' '), explain: 'split' },
    { type: 'text', text: question, explain: 'fixed' },
  ];
  return { model: 'tiny-reader', temperature: 0, max_tokens: 32, messages: [{ role: 'user', content }] };
}

/** Units that are not fixed, by falling score. */
function ranked(result: Result): string[] {
  const scores = result.attributions[0]?.scores ?? [];
  const split = result.units.filter(({ fixed }) => !fixed);
  return split.toSorted((a, b) => (scores[b.index] ?? -Infinity) - (scores[a.index] ?? -Infinity)).map(({ text }) => text.trim());
}

interface TwoHop {
  of: number;
  found: number;
  joint: number;
  calls: number;
}

/** Both sentences of the fact first, and the pair read as *both needed*. */
async function twoHop(endpoints: Endpoints, scorer: string): Promise<TwoHop> {
  const seen: TwoHop = { of: 0, found: 0, joint: 0, calls: 0 };
  for (const { sentences, question, gold_sentences: gold, model_answer: completion } of prompts.filter(({ task }) => task === 'two_hop')) {
    const result = await runJob(endpoints, { call: bodyOf(sentences, question), completion, scorer: { id: scorer }, method: { id: 'auto' } });
    const wanted = gold.map((at) => sentences[at]);
    const top = new Set(ranked(result).slice(0, 2));
    const pair = result.attributions[0]?.interactions.find(({ units }) => units.length === 2 && units.every((unit) => wanted.includes(result.units[unit]?.text.trim())));
    seen.of += 1;
    seen.found += wanted.every((text) => text !== undefined && top.has(text)) ? 1 : 0;
    seen.joint += pair?.reading === 'both needed' ? 1 : 0;
    seen.calls += result.usage.calls;
  }
  return seen;
}

/** The prompt's sentences among others of other prompts, none of which holds another prompt's answer. */
function lengthened(at: number, all: readonly Prompt[]): string[] {
  const own = all[at] as Prompt;
  const others = all.flatMap((_, step) => {
    const other = all[(at + 1 + step * 7) % all.length] as Prompt;
    return other.sentences.filter((sentence, position) => !other.gold_sentences.includes(position) && !own.sentences.includes(sentence));
  });
  const fillers = [...new Set(others)].slice(0, LONG - own.sentences.length);
  const passage = [...own.sentences];
  fillers.forEach((sentence, turn) => passage.splice((turn * 5 + at) % (passage.length + 1), 0, sentence));
  return passage;
}

async function answerOf(url: string, sentences: readonly string[], question: string): Promise<string> {
  const call = { ...bodyOf(sentences, question), messages: [{ role: 'user', content: `${sentences.join(' ')}\n${question}` }] };
  const reply = await fetch(`${url}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(call) });
  const { choices } = (await reply.json()) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? '';
}

interface Long {
  found: number;
  calls: number;
}

/** Passages of 24 sentences that the model still answers rightly, explained by `auto` as it comes, with half the calls, and by leave-one-out. */
async function longPassages(endpoints: Endpoints, url: string): Promise<{ of: number; rows: Record<string, Long> }> {
  const oneHop = prompts.filter(({ task }) => task === 'one_hop');
  const rows: Record<string, Long> = {};
  let of = 0;
  for (const [at, prompt] of oneHop.entries()) {
    const passage = lengthened(at, oneHop);
    if ((await answerOf(url, passage, prompt.question)) !== prompt.answer) continue;
    of += 1;
    const job = (method: string, calls: number | null) =>
      runJob(endpoints, { call: bodyOf(passage, prompt.question), completion: prompt.answer, method: { id: method }, budget: { calls } });
    const whole = await job('leave-one-out', null);
    const half = Math.floor(whole.usage.calls * SHARE_OF_CALLS);
    const results = { 'leave-one-out': whole, auto: await job('auto', null), 'auto with half the calls': await job('auto', half) };
    for (const [name, result] of Object.entries(results)) {
      const row = (rows[name] ??= { found: 0, calls: 0 });
      row.found += ranked(result)[0] === prompt.sentences[prompt.gold_sentences[0] ?? 0] ? 1 : 0;
      row.calls += result.usage.calls;
    }
  }
  return { of, rows };
}

const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');

/** The page's section in Markdown. */
export async function run(): Promise<string> {
  return withDemo(async (endpoints, url) => {
    const lines = ['## Passages of the embedded model', '', 'Two facts that only together give the answer, explained by `auto`:', '', '| scorer | both among the top two | read *both needed* | calls a job |', '|---|---|---|---|'];
    let met = true;
    for (const scorer of ['log-likelihood', 'chrf']) {
      const { of, found, joint, calls } = await twoHop(endpoints, scorer);
      met &&= found >= BOTH_FOUND * of && joint >= BOTH_FOUND * of;
      lines.push(`| ${scorer} | ${found}/${of} | ${joint}/${of} | ${(calls / of).toFixed(1)} |`);
    }
    lines.push('', `At least ${BOTH_FOUND * 100} % of both: ${verdict(met)}.`, '');
    const { of, rows } = await longPassages(endpoints, url);
    lines.push(`A fact among ${LONG} sentences, on the ${of} passages that the model still answers rightly; calls with the held-out check:`, '', '| method | gold sentence first | calls a job |', '|---|---|---|');
    for (const [name, { found, calls }] of Object.entries(rows)) lines.push(`| ${name} | ${found}/${of} | ${(calls / of).toFixed(1)} |`);
    const whole = rows['leave-one-out'];
    const short = Object.entries(rows).filter(([name, { found, calls }]) => name !== 'leave-one-out' && found >= FOUND * of && calls <= SHARE_OF_CALLS * (whole?.calls ?? 0));
    lines.push('', `\`auto\` finds it in at least ${FOUND * 100} % with at most ${SHARE_OF_CALLS * 100} % of the calls of leave-one-out: ${verdict(short.length > 0)}${short.length > 0 ? ` (${short.map(([name]) => name).join(', ')})` : ''}.`, '');
    return lines.join('\n');
  });
}

if (import.meta.main) process.stdout.write(`${await run()}\n`);
