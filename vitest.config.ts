import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'clients/*/test/**/*.test.ts'],
    reporters: ['default', './test/reporter.ts'],
    // No test asserts a time. These end what hangs, and leave room for a slow, busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // Tests start servers and other processes: a process of its own for every file keeps them apart.
    pool: 'forks',
    // Many tests wait for servers and pauses: two files at a time keep even a machine of two cores busy.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
