import { ProblemError } from '../../../src/errors.ts';
import type { Health } from '../../../src/service/ports.ts';

/** Health that a test can change. */
export class MemoryHealth implements Health {
  up = true;
  seen = 1;

  async ping(): Promise<boolean> {
    return this.up;
  }

  async workers(): Promise<number> {
    if (!this.up) throw new ProblemError('storage_unavailable', 'Redis is away.');
    return this.seen;
  }

  async queueDepth(): Promise<Record<string, number>> {
    if (!this.up) throw new ProblemError('storage_unavailable', 'Redis is away.');
    return { waiting: 3, active: 1 };
  }

  async open(): Promise<{ queued: number; running: number }> {
    if (!this.up) throw new ProblemError('storage_unavailable', 'Redis is away.');
    return { queued: 3, running: 1 };
  }

  async oldestQueuedSeconds(): Promise<number | null> {
    if (!this.up) throw new ProblemError('storage_unavailable', 'Redis is away.');
    return 12;
  }
}
