import { parentPort, workerData } from 'node:worker_threads';
import { startModelServer } from '../test/helpers/model-server.ts';

/*
 * A model server in a thread of its own that always says the same after so long, and counts waves of requests: a wave is
 * what is asked after everything before it was answered. Sent anything, it says how many there were since the last time.
 */

const { latencyMs, about } = workerData as { latencyMs: number; about: string };

let [active, waves] = [0, 0];
const { url } = await startModelServer({
  echo: 'off', promptLogprobs: false, tokenize: false, chatLogprobs: false, latencyMs,
  answer: ({ text }) => {
    if (text.includes(about)) {
      if (active === 0) waves += 1;
      active += 1;
      // shortly before the reply is sent: what follows from it comes later
      setTimeout(() => (active -= 1), latencyMs - 5);
    }
    return 'Always the same.';
  },
});

parentPort?.on('message', () => {
  parentPort?.postMessage(waves);
  waves = 0;
});
parentPort?.postMessage(url);
