import type { Logger } from 'pino';

/**
 * Resolves on the first SIGTERM or SIGINT. Call it before anything listens: an early signal must not kill without
 * cleaning up. After the first signal the process ends by itself when closing took longer than `seconds`, and at once
 * on a second signal.
 */
export function onShutdown(seconds: number, logger: Logger): Promise<string> {
  return new Promise((resolve) => {
    let told = false;
    const tell = (signal: string) => {
      if (told) process.exit(130);
      told = true;
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
