import { main } from './run.ts';

await main({ api: false, worker: true });
