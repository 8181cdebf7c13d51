import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Ends a run with one line that a script can read: `12 passed, 0 failed`, and how many were skipped when some were. A run
 * that fails never says `0 failed`: what broke outside a test (a file that cannot be loaded, a hook, a stray rejection,
 * an interruption, no test at all) counts as failed, too.
 */
export default class SummaryLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const { passed, skipped } = count;
    const failed = count.failed + count.pending;
    const shown = failed === 0 && (reason !== 'passed' || modules.length === 0) ? 1 : failed;
    process.stdout.write(`${passed} passed, ${shown} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  }
}
