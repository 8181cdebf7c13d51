import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { handleError, handleUnknownRoute } from './api-errors.ts';
import { makeContext } from './context.ts';
import type { PoolOptions } from './pool.ts';
import { aboutRoutes } from './routes/about.ts';
import { chatCompletionsRoute } from './routes/chat-completions.ts';
import { completionsRoute } from './routes/completions.ts';
import { embeddingsRoute } from './routes/embeddings.ts';
import { tokenRoutes } from './routes/tokens.ts';

/** Room for 2,048 prompts that fill the context, as ids. */
const BODY_LIMIT = 8 * 2 ** 20;

/**
 * The app, not listening. Its threads start with the first request; `app.close()` ends them, and requests that still
 * wait for the model get 503.
 */
export function buildDemoServer(options: PoolOptions = {}): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT });
  app.removeContentTypeParser('text/plain');
  const context = makeContext(options);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleUnknownRoute);
  aboutRoutes(app, context);
  completionsRoute(app, context);
  chatCompletionsRoute(app, context);
  embeddingsRoute(app, context);
  tokenRoutes(app, context);
  app.addHook('preClose', () => context.pool.close());
  return app;
}

export interface DemoServer {
  /** Base URL for OpenAI clients, `http://127.0.0.1:PORT/v1`. */
  url: string;
  /** Ends the threads and stops listening; requests that still wait for the model get 503. */
  close(): Promise<void>;
}

/**
 * Starts the server.
 * @param options host, default 127.0.0.1; port, default 0 = any free one; threads and cache as in PoolOptions
 * @throws Error when the port is taken
 */
export async function startDemoServer(options: PoolOptions & { host?: string; port?: number } = {}): Promise<DemoServer> {
  const { host = '127.0.0.1', port = 0, ...pool } = options;
  const app = buildDemoServer(pool);
  try {
    const address = await app.listen({ host, port });
    return { url: `${address}/v1`, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}
