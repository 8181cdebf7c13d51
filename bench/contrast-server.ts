import { parentPort, workerData } from 'node:worker_threads';
import { serve, sleep } from './limited-server.ts';

/*
 * A model server in a thread of its own that always says the same after so long, and counts waves of requests: a wave is
 * what is asked after everything before it was answered. Sent anything, it says how many there were since the last time.
 */

const { latencyMs, about } = workerData as { latencyMs: number; about: string };

// with usage, as every server sends it
const ANSWER = { choices: [{ index: 0, message: { role: 'assistant', content: 'Always the same.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 250, completion_tokens: 4, total_tokens: 254 } };

let [active, waves] = [0, 0];
const { url } = await serve(async (body) => {
  const counts = JSON.stringify(body).includes(about);
  if (counts) {
    if (active === 0) waves += 1;
    active += 1;
  }
  await sleep(latencyMs);
  // before the reply is sent: what follows from it comes later
  if (counts) active -= 1;
  return { status: 200, body: ANSWER };
});

parentPort?.on('message', () => {
  parentPort?.postMessage(waves);
  waves = 0;
});
parentPort?.postMessage(url);
