import { ProblemError } from '../errors.ts';
import type { JobStore } from '../service/ports.ts';

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener('abort', over);
  });
}

/**
 * The store for a worker that has paid for answers: while Redis refuses writes (full, or unable to save) they are tried
 * again, for as long as it takes or until the job is handed back. Failing instead would throw away what was asked. Progress
 * is not worth waiting for.
 */
export function patient(store: JobStore, handBack: AbortSignal): JobStore {
  const stay = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let wait = FIRST_MS; ; wait = Math.min(LONGEST_MS, wait * 2)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'storage_unavailable' || handBack.aborted) throw error;
        await sleep(wait, handBack);
      }
    }
  };
  return {
    load: (id) => stay(() => store.load(id)),
    secret: (id) => stay(() => store.secret(id)),
    start: (id) => stay(() => store.start(id)),
    progress: (...what) => store.progress(...what),
    finish: (...what) => stay(() => store.finish(...what)),
    ownCacheKeys: (...what) => stay(() => store.ownCacheKeys(...what)),
    confirmCacheKeys: (...what) => stay(() => store.confirmCacheKeys(...what)),
  };
}
