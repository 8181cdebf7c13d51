import { loadConfig } from '../config.ts';
import type { Result } from '../contract/resource.ts';
import { demoJob } from './demo-job.ts';
import { createPaint, heatMap, progressBar, ranking } from './demo-view.ts';
import { open } from './run.ts';

/*
 * The main job end to end, over HTTP, on the embedded default: what a product backend would do.
 */

interface Explanation {
  id: string;
  status: string;
  progress: { phase: string; done: number; planned: number } | null;
  result: Result | null;
  error: { detail: string } | null;
}

const config = loadConfig(undefined, { LOG_LEVEL: 'warn' });
const terminal = process.stdout.isTTY;
const paint = createPaint(terminal && config.NO_COLOR === undefined);
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Follows a job to its end, drawing its progress: over itself on a terminal, a line a change elsewhere. */
async function follow(url: string): Promise<Explanation> {
  let shown = '';
  for (;;) {
    const job = await json<Explanation>(await fetch(url));
    const { progress } = job;
    if (progress) {
      const bar = progressBar(progress.done, progress.planned, progress.phase);
      if (bar !== shown) process.stdout.write(terminal ? `\r${bar}   ` : `${bar}\n`);
      shown = bar;
    }
    if (['completed', 'failed', 'cancelled'].includes(job.status)) {
      if (terminal) process.stdout.write('\n');
      return job;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function show(result: Result, seconds: number, base: string): void {
  const { usage, evaluations, faithfulness, scorer } = result;
  say();
  say(`${paint.bold('The model answered:')} ${result.completion}`);
  say(`${paint.bold('Why:')} what each part was worth to that answer, in ${scorer.unit} (taking it away costs so much)`);
  say();
  say(heatMap(result, paint));
  say();
  const [first] = ranking(result);
  if (first) say(`${paint.bold('First:')} ${first.text} (${first.score.toFixed(3)} ${scorer.unit})`);
  const measured = [faithfulness.holdout_r2 === null ? '' : `held-out R² ${faithfulness.holdout_r2.toFixed(3)}`, faithfulness.lds === null ? '' : `LDS ${faithfulness.lds.toFixed(3)}`];
  say(`${paint.bold('How sure:')} ${[faithfulness.verdict, ...measured.filter((text) => text !== '')].join(', ')}${faithfulness.reasons.length > 0 ? ` (${faithfulness.reasons.join('; ')})` : ''}`);
  say(`${paint.bold('Cost:')} ${usage.calls} calls in ${usage.http_requests} requests, ${evaluations.cached} more from the cache, ${usage.prompt_tokens} prompt tokens (${usage.cached_tokens} cached), ${seconds.toFixed(2)} s`);
  say(`${paint.bold('Method:')} ${result.versions.method}, scored by ${scorer.id} (${scorer.rung})`);
  say();
  say(`${paint.bold('Swagger UI:')} ${base}/docs`);
}

/** The configured port, or a free one where that is taken. */
async function openSomewhere() {
  try {
    return await open(config, { api: true, worker: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    say(`Port ${config.PORT} is taken, so a free one is used (set PORT to choose).`);
    return open(Object.freeze({ ...config, PORT: 0 }), { api: true, worker: true });
  }
}

const started = await openSomewhere();
try {
  const base = started.url;
  if (base === null) throw new Error('the API did not start');
  say(`Wherefore listens on ${base}, with its own Redis and the model tiny-reader. Posting a job:`);
  for (const part of demoJob.call.messages[0]?.content ?? []) say(`  ${paint.dim(`[${part.explain}]`)} ${part.text}`);
  say();
  const before = performance.now();
  const accepted = await json<Explanation>(
    await fetch(`${base}/v1/explanations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(demoJob) }),
  );
  const job = await follow(`${base}/v1/explanations/${accepted.id}`);
  if (!job.result) throw new Error(`the job ended as ${job.status}: ${job.error?.detail ?? 'no reason given'}`);
  show(job.result, (performance.now() - before) / 1000, base);
  if (terminal) say('Serving until Ctrl-C.');
  else await started.close();
} catch (error) {
  process.stderr.write(`wherefore: the demo did not succeed: ${error instanceof Error ? error.message : String(error)}\n`);
  await started.close();
  process.exitCode = 1;
}
if (!terminal) process.exit();
