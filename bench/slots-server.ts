import { parentPort, workerData } from 'node:worker_threads';
import { serve, sleep } from './limited-server.ts';

/*
 * A model server with so many slots, in a thread of its own. Each prompt, or each request whatever it holds, takes one of them for so
 * long; what finds none free waits its turn.
 */

const { slots, milliseconds, perPrompt } = workerData as { slots: number; milliseconds: number; perPrompt: boolean };

let free = slots;
const waiting: (() => void)[] = [];

async function work(): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  await sleep(milliseconds);
  const next = waiting.shift();
  if (next) next();
  else free += 1;
}

const { url } = await serve(async (body) => {
  const prompts = Array.isArray(body.prompt) ? body.prompt.length : 1;
  await Promise.all(Array.from({ length: perPrompt ? prompts : 1 }, work));
  const choice = (index: number) => ({ index, text: ' yes', message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' });
  return { status: 200, body: { choices: Array.from({ length: prompts }, (_, index) => choice(index)) } };
});

parentPort?.postMessage(url);
