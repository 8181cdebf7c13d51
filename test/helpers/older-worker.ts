import { open } from '../../src/bin/run.ts';
import { loadConfig } from '../../src/config.ts';
import { PAYLOAD_VERSION } from '../../src/contract/queue.ts';

/*
 * A process for tests of rolling updates: a worker that reads jobs up to the version before this release's, as one of the
 * release before does.
 */

await open(loadConfig(), { api: false, worker: true, reads: PAYLOAD_VERSION - 1 });
