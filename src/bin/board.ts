import type { Queue } from 'bullmq';
import type { FastifyPluginCallback } from 'fastify';

/**
 * bull-board over these queues, to look and not to touch: what is retried or removed there would leave explanations
 * behind that nobody works on. Loaded only where it is wanted.
 * @param path under which it is served
 */
export async function openBoard(queues: readonly Queue[], path: string): Promise<FastifyPluginCallback> {
  const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ]);
  const server = new FastifyAdapter();
  server.setBasePath(path);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'Wherefore' } },
  });
  return server.registerPlugin();
}
