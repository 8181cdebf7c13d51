/** Who was lost with a worker once was in its hands when the machine went, most likely; who was lost twice may be the reason. */
const SUSPECT_FROM = 2;

/**
 * Of the jobs that may be what ends workers, a worker runs one at a time: the one that does takes no other along, which
 * would be held to be another such job after a few rounds, and end as failed with it.
 */
export function createSuspects() {
  let running = false;
  return {
    /**
     * Runs the job, or gives null because another suspect is running here.
     * @param lost times that a worker was lost with the job
     */
    async run<T>(lost: number, work: () => Promise<T>): Promise<T | null> {
      if (lost < SUSPECT_FROM) return work();
      if (running) return null;
      running = true;
      try {
        return await work();
      } finally {
        running = false;
      }
    },
  };
}
