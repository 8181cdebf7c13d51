import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** A logger that is made when something is first said. */
class LateLogger implements FastifyBaseLogger {
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | undefined;

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  get #own(): FastifyBaseLogger {
    return (this.#made ??= this.#make());
  }

  get level(): string {
    return this.#own.level;
  }

  set level(level: string) {
    this.#own.level = level;
  }

  child(...about: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#own.child(...about);
  }

  /** What may be said has many forms, which are handed on as they are. */
  #say(level: Level, said: unknown[]): void {
    const own = this.#own;
    Reflect.apply(own[level], own, said);
  }

  fatal(...said: unknown[]): void {
    this.#say('fatal', said);
  }

  error(...said: unknown[]): void {
    this.#say('error', said);
  }

  warn(...said: unknown[]): void {
    this.#say('warn', said);
  }

  info(...said: unknown[]): void {
    this.#say('info', said);
  }

  debug(...said: unknown[]): void {
    this.#say('debug', said);
  }

  trace(...said: unknown[]): void {
    this.#say('trace', said);
  }

  silent(...said: unknown[]): void {
    this.#say('silent', said);
  }
}

/** The logger of a request. Hardly any says anything, and making one costs more than its line in the log. */
export const requestLogger: FastifyInstance['childLoggerFactory'] = (logger, bindings, options) => new LateLogger(() => logger.child(bindings, options));
