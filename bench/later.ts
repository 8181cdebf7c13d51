import { explainAndWait, startStack } from '../test/helpers/stack.ts';
import { startModelServer } from '../test/helpers/model-server.ts';

/*
 * Later targets: what it takes to explain another part of the answer of a job that has ended, over HTTP, and how many
 * calls the endpoint gets for it.
 *
 *   node bench/later.ts
 */

/** The promise, in milliseconds. */
const MOST_MS = 50;
const TIMES = 15;
const SENTENCES = Array.from({ length: 12 }, (_, at) => `Sentence ${at} of the answer names thing ${at} and a few things more.`);
const ANSWER = SENTENCES.join(' ');
const JSON_ANSWER = JSON.stringify(Object.fromEntries(SENTENCES.map((text, at) => [`field_${at}`, text])));

interface Job {
  method: string;
  n: number;
  calls: number;
}

const JOBS: readonly Job[] = [
  { method: 'auto', n: 8, calls: 200 },
  { method: 'auto', n: 24, calls: 200 },
  { method: 'auto', n: 60, calls: 200 },
  { method: 'auto', n: 200, calls: 300 },
  { method: 'leave-one-out', n: 200, calls: 300 },
  { method: 'lasso', n: 200, calls: 300 },
  { method: 'clime', n: 18, calls: 250 },
  { method: 'lshap', n: 24, calls: 250 },
  { method: 'shapley', n: 24, calls: 300 },
  { method: 'banzhaf', n: 60, calls: 300 },
  { method: 'owen', n: 24, calls: 300 },
];

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** The page's section in Markdown. */
export async function run(): Promise<string> {
  const lines: string[] = [];
  let met = true;
  for (const kind of ['sentence', 'JSON field'] as const) {
    const answer = kind === 'sentence' ? ANSWER : JSON_ANSWER;
    const server = await startModelServer({ answer: () => answer, logprob: (_token, context) => (/Unit 3 /.test(context) ? -0.5 : -2) });
    const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
    try {
      for (const { method, n, calls } of JOBS) {
        const text = Array.from({ length: n }, (_, at) => `Unit ${at} stands here.`).join(' ');
        const call = { model: 'm', temperature: 0, messages: [{ role: 'user', content: text }] };
        const { body } = await explainAndWait(stack.app, { call, completion: answer, method: { id: method }, budget: { calls } });
        if (!body.result) throw new Error(`${method} with ${n} units: ${body.error?.detail}`);
        const before = server.evaluationCount();
        const times: number[] = [];
        for (let turn = 0; turn < TIMES; turn += 1) {
          const at = turn % SENTENCES.length;
          const start = answer.indexOf(`Sentence ${at} `);
          const target = kind === 'sentence' ? { kind: 'span', start, end: start + (SENTENCES[at]?.length ?? 1) } : { kind: 'json', pointer: `/field_${at}` };
          const began = performance.now();
          const reply = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [target] } });
          times.push(performance.now() - began);
          if (reply.statusCode !== 200) throw new Error(reply.body);
        }
        const asked = server.evaluationCount() - before;
        met &&= middle(times) < MOST_MS && asked === 0;
        const distinct = body.result.evaluations.distinct;
        lines.push(`| ${kind} | ${method} | ${n} | ${distinct} | ${middle(times).toFixed(1)} | ${Math.max(...times).toFixed(1)} | ${asked} |`);
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
    `Another part of the answer of a job that has ended, ${TIMES} times each. Tolerance: wall time on a machine that does nothing else.`,
    '',
    '| target | method | units | evaluations | median ms | longest ms | calls to the endpoint |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `Median under ${MOST_MS} ms and no call: ${met ? 'met' : 'MISSED'}.`,
    '',
  ].join('\n');
}

if (import.meta.main) process.stdout.write(`${await run()}\n`);
