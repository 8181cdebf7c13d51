import Fastify from 'fastify';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { requestSchema } from '../../src/contract/request.ts';
import { JOB_OPTIONS } from '../../src/store/queue.ts';

/*
 * What the service is measured against, a process of its own: the least that could be done over HTTP with the same Redis.
 *
 *   node bench/load/bare.ts <redis url> <key>
 *
 * GET /read sends what stands under the key; POST /add checks the body by the service's own schema and puts it on a
 * queue with the service's own job options.
 */
const [url = '', key = ''] = process.argv.slice(2);
const redis = new Redis(url);
const queue = new Queue('bare', { connection: redis, prefix: '{bare}', defaultJobOptions: JOB_OPTIONS });
const app = Fastify();

app.get('/read', async (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(await redis.get(key)));

app.post('/add', async (request, reply) => {
  const body = requestSchema.parse(request.body);
  const job = await queue.add('explain', body);
  return reply.code(202).send({ id: job.id });
});

app.get('/cpu', async () => process.cpuUsage());

process.stdout.write(`listening ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
