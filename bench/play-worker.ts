import { parentPort } from 'node:worker_threads';
import { play, type Task } from './play.ts';

/* A thread that plays the tasks it is sent and answers each with its scores. */
parentPort?.on('message', (task: Task) => parentPort?.postMessage(play(task)));
