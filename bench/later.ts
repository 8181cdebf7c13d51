import { availableParallelism, loadavg } from 'node:os';
import { ended, explainAndWait, startStack } from '../test/helpers/stack.ts';
import { startModelServer } from '../test/helpers/model-server.ts';

/*
 * Later targets: what it takes to explain another part of the answer of a job that has ended, over HTTP, and how many
 * calls the endpoint gets for it. In a *plain* job one unit decides; in a *rich* one six do, two of them as a pair, and
 * every value is noisy, so that an adaptive method asks much and has much to fit.
 *
 *   node bench/later.ts [comma-separated methods]
 */

/** The promise, in milliseconds. */
const MOST_MS = 50;
const TIMES = 30;
const SENTENCES = Array.from({ length: 12 }, (_, at) => `Sentence ${at} of the answer names thing ${at} and a few things more.`);
const ANSWER = SENTENCES.join(' ');
const JSON_ANSWER = JSON.stringify(Object.fromEntries(SENTENCES.map((text, at) => [`field_${at}`, text])));

interface Job {
  method: string;
  n: number;
  calls: number;
  rich?: boolean;
  /** Paragraphs that are cut into their sentences where they matter. */
  levels?: boolean;
}

const JOBS: readonly Job[] = [
  { method: 'auto', n: 8, calls: 200 },
  { method: 'auto', n: 24, calls: 200 },
  { method: 'auto', n: 60, calls: 200 },
  { method: 'auto', n: 200, calls: 300 },
  { method: 'auto', n: 8, calls: 200, rich: true },
  { method: 'auto', n: 24, calls: 200, rich: true },
  { method: 'auto', n: 60, calls: 200, rich: true },
  { method: 'auto', n: 200, calls: 200, rich: true },
  { method: 'auto', n: 200, calls: 100, rich: true, levels: true },
  { method: 'leave-one-out', n: 200, calls: 300 },
  { method: 'lasso', n: 200, calls: 300 },
  { method: 'lasso', n: 200, calls: 300, rich: true },
  { method: 'clime', n: 18, calls: 250 },
  { method: 'lshap', n: 24, calls: 250 },
  { method: 'shapley', n: 24, calls: 300 },
  { method: 'banzhaf', n: 60, calls: 300 },
  { method: 'owen', n: 24, calls: 300 },
];

/** Effects of the units of a rich job on the log-probability of every token, and of a pair of them. */
const EFFECTS: Readonly<Record<number, number>> = { 1: 0.09, 3: 0.12, 4: 0.05, 6: -0.07 };
const PAIR = { units: [2, 5], effect: 0.1 };
/** What a call adds to or takes from every token at most, the same whenever it is asked. */
const NOISE = 0.06;
const PER_PARAGRAPH = 10;

/** Whether a text holds unit `at`. */
const holds = (context: string, at: number): boolean => context.includes(`Unit ${at} stands`);

/** The same for the same context, −1 … 1. */
function jitter(context: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < context.length; at++) hash = Math.imul(hash ^ context.charCodeAt(at), 16_777_619);
  return (hash >>> 0) / 2 ** 31 - 1;
}

/**
 * What a call gives to a token of the answer. Other answers get what the fake thinks of them, or no client would believe
 * it; so does what it is asked to find out what it can do.
 */
function logprob(token: string, context: string): number | undefined {
  const [prompt, question] = [context.split('<|assistant|>')[0] ?? '', / (rich|plain) question/.exec(context)?.[1]];
  // the passage's own tokens, which the fake would otherwise work out each from all that stands before it
  if (!question) return context.length > 300 ? -1 : undefined;
  if (!ANSWER.includes(token.trim())) return undefined;
  if (question === 'plain') return holds(prompt, 3) ? -0.5 : -2;
  const effects = Object.entries(EFFECTS).reduce((sum, [unit, effect]) => sum + (holds(prompt, Number(unit)) ? effect : 0), -1);
  return effects + (PAIR.units.every((unit) => holds(prompt, unit)) ? PAIR.effect : 0) + NOISE * jitter(prompt);
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** The page's section in Markdown. */
export async function run(only: readonly string[] = []): Promise<string> {
  const lines: string[] = [];
  const [load = NaN] = loadavg();
  let met = true;
  for (const kind of ['sentence', 'JSON field'] as const) {
    const answer = kind === 'sentence' ? ANSWER : JSON_ANSWER;
    const server = await startModelServer({ answer: () => answer, logprob });
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    try {
      for (const { method, n, calls, rich, levels } of JOBS.filter(({ method: id }) => only.length === 0 || only.includes(id))) {
        const units = Array.from({ length: n }, (_, at) => `Unit ${at} stands here.${at % PER_PARAGRAPH === PER_PARAGRAPH - 1 ? '\n\n' : ' '}`);
        const content = [{ type: 'text', text: units.join('').trim() }, { type: 'text', text: `\nA ${rich ? 'rich' : 'plain'} question?`, explain: 'fixed' }];
        const call = { model: 'm', temperature: 0, messages: [{ role: 'user', content }] };
        const options = levels ? { levels: ['paragraph', 'sentence'] } : {};
        const sent = await explainAndWait(stack.app, { call, completion: answer, method: { id: method, options }, budget: { calls } });
        const body = await ended(stack.app, sent.body.id);
        if (!body.result) throw new Error(`${method} with ${n} units: ${body.error?.detail}`);
        if (body.result.scorer.id !== 'log-likelihood') throw new Error(`values are ${body.result.scorer.id}: ${body.result.scorer.notes.join('; ')}`);
        const before = server.evaluationCount();
        const times: number[] = [];
        const worked: number[] = [];
        for (let turn = 0; turn < TIMES; turn += 1) {
          const at = turn % SENTENCES.length;
          const start = answer.indexOf(`Sentence ${at} `);
          const target = kind === 'sentence' ? { kind: 'span', start, end: start + (SENTENCES[at]?.length ?? 1) } : { kind: 'json', pointer: `/field_${at}` };
          const [began, used] = [performance.now(), process.cpuUsage()];
          const reply = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [target] } });
          times.push(performance.now() - began);
          const { user, system } = process.cpuUsage(used);
          worked.push((user + system) / 1000);
          if (reply.statusCode !== 200) throw new Error(reply.body);
        }
        const asked = server.evaluationCount() - before;
        met &&= middle(times) < MOST_MS && asked === 0;
        const distinct = body.result.evaluations.distinct;
        lines.push(`| ${kind} | ${method}${levels ? ', two levels' : ''} | ${rich ? 'rich' : 'plain'} | ${n} | ${distinct} | ${middle(times).toFixed(1)} | ${Math.max(...times).toFixed(1)} | ${middle(worked).toFixed(1)} | ${asked} |`);
        process.stderr.write(`${lines.at(-1)}\n`);
      }
    } finally {
      await stack.close();
      await server.close();
    }
  }
  return [
    '## Later targets',
    '',
    `Another part of the answer of a job that has ended, ${TIMES} times each. Plain: one unit decides. Rich: six do, two of them as a pair,`,
    `and every value is noisy. Load ${load.toFixed(1)} on ${availableParallelism()} cores at the start. Tolerance: wall time on a machine that does nothing else.`,
    '',
    '| target | method | values | units | evaluations | median ms | longest ms | of the processor, ms | calls to the endpoint |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `Median under ${MOST_MS} ms and no call: ${met ? 'met' : 'MISSED'}.`,
    '',
  ].join('\n');
}

if (import.meta.main) process.stdout.write(`${await run(process.argv[2]?.split(',') ?? [])}\n`);
