import type { Progress, Provisional } from '../contract/resource.ts';
import type { JobStore } from '../service/ports.ts';

const INTERVAL_MS = 250;

/**
 * Writes progress at most four times a second, and reads the job's status by the same call: that is how a worker
 * learns that its job was cancelled or erased, without a channel that could miss a message.
 */
export class ProgressReporter {
  #latest: Progress = { phase: 'reference', done: 0, planned: 0 };
  #provisional: Provisional | null = null;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  start(store: JobStore, id: string, stop: () => void, onError: (error: unknown) => void): void {
    const tick = async () => {
      const provisional = this.#provisional;
      this.#provisional = null;
      const kind = provisional && 'contrast' in provisional ? 'contrast' : 'attributions';
      const status = await store.progress(id, JSON.stringify(this.#latest), provisional && JSON.stringify(provisional), kind);
      if (status !== 'in_progress') stop();
    };
    let busy = false;
    let failing = false;
    this.#timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#writing = tick()
        .then(
          () => {
            failing = false;
          },
          (error: unknown) => {
            // an outage is told once
            if (!failing) onError(error);
            failing = true;
          },
        )
        .finally(() => {
          busy = false;
        });
    }, INTERVAL_MS);
  }

  update(progress: Progress): void {
    this.#latest = progress;
  }

  /** Tells with the next write what would be said if the job had to stop now; something newer takes its place. */
  provide(provisional: Provisional): void {
    this.#provisional = provisional;
  }

  /** The last progress, for the terminal state. */
  get json(): string {
    return JSON.stringify(this.#latest);
  }

  /** Resolves when nothing more will be written. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
  }
}
