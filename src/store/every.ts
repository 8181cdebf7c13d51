/** A task that runs at once and then again and again, never twice at a time. */
export interface Repeating {
  /** Resolves when the run in progress, if any, is over; none begins after. */
  stop(): Promise<void>;
}

/** For a worker's beat and for queueing lost jobs again. Failures go to `onError`; the next run comes all the same. */
export function every(milliseconds: number, task: () => Promise<unknown>, onError: (error: unknown) => void): Repeating {
  let running: Promise<unknown> | null = null;
  const run = () => {
    running ??= (async () => task())()
      .catch(onError)
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(run, milliseconds);
  // it must not keep a process alive that is done
  timer.unref();
  run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
