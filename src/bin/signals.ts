import type { Logger } from 'pino';

const REPEAT_MS = 1_000;

/**
 * Resolves on the first SIGTERM or SIGINT. Call it before anything listens: an early signal must not kill without
 * cleaning up. After the first signal the process ends by itself when closing took longer than `seconds`, and at once
 * on a second signal that comes later than a second after the first.
 */
export function onShutdown(seconds: number, logger: Logger): Promise<string> {
  return new Promise((resolve) => {
    let toldAt: number | null = null;
    const tell = (signal: string) => {
      if (toldAt !== null) {
        // a signal to the whole process group arrives twice: once by itself, once passed on by whoever started us
        if (performance.now() - toldAt > REPEAT_MS) process.exit(130);
        return;
      }
      toldAt = performance.now();
      logger.info({ signal }, 'closing');
      setTimeout(() => {
        logger.error({ seconds }, 'closing took too long');
        process.exit(1);
      }, seconds * 1000).unref();
      resolve(signal);
    };
    process.on('SIGTERM', tell);
    process.on('SIGINT', tell);
  });
}
