import type { JobMeter } from '../service/meter.ts';
import type { JobStore } from '../service/ports.ts';

/** The store, with ends counted: those that were written, not those that came too late. */
export function measured(store: JobStore, meter: JobMeter): JobStore {
  return {
    ...store,
    async finish(id, end) {
      const written = await store.finish(id, end);
      if (written) meter.ended(end.status);
      return written;
    },
  };
}
