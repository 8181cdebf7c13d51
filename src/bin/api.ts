import { main } from './run.ts';

await main({ api: true, worker: false });
