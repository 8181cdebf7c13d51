import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { eventsHeadersSchema } from '../../contract/headers.ts';
import { type JobEvent, type Status, TERMINAL } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { documentOf } from '../document.ts';
import { eventStream, type Message } from '../event-stream.ts';
import { GUARDED, operation, STORED } from '../operation.ts';
import { noQuerySchema, pathSchema } from '../path.ts';

/** Proxies and load balancers close what is silent for longer than about half a minute. */
const HEARTBEAT_MS = 15_000;

/** The event of the end carries the whole explanation, so that a follower need not ask for it. */
async function* messagesOf(service: Service, owner: string, id: string, events: AsyncGenerator<JobEvent, void>): AsyncGenerator<Message, void> {
  for await (const event of events) {
    if (!TERMINAL.has(event.type as Status)) yield { id: event.id, event: event.type, data: event.data };
    else {
      const document = await service.read(owner, id).then(documentOf, () => null);
      // erased, or out of reach, between its last event and now: who comes again is told which
      if (document !== null) yield { id: event.id, event: event.type, data: document };
      return;
    }
  }
}

/** Following a job as it goes, by server-sent events. */
export function eventRoutes(scope: FastifyInstance, service: Service, untilGone: (reply: FastifyReply) => AbortSignal): void {
  scope.withTypeProvider<ZodTypeProvider>().route({
    method: 'GET',
    url: '/explanations/:id/events',
    schema: {
      params: pathSchema,
      headers: eventsHeadersSchema,
      querystring: noQuerySchema,
      ...operation({
        id: 'followExplanation',
        tag: 'explanations',
        summary: 'Follow an explanation',
        description:
          'Server-sent events: `status`, `progress`, `attributions` (provisional, with intervals, of the first eight targets), ' +
          '`contrast` (the best attempt of a search so far) and one last `completed`, `failed` or `cancelled`, whose data is the explanation. Every event has an `id`; ' +
          'send the last one as `Last-Event-ID` to go on after it. A comment every 15 seconds keeps the connection alive.',
        replies: {
          200: { description: 'The events, from the beginning or after `Last-Event-ID`.', content: { 'text/event-stream': z.string() } },
          204: { description: 'The event in `Last-Event-ID` was the last one; a browser does not come again.' },
        },
        problems: [...GUARDED, 'not_found', ...STORED],
      }),
    },
    handler: async (request, reply) => {
      const after = request.headers['last-event-id'] || null;
      const { stored, events } = await service.follow(request.owner, request.params.id, after, untilGone(reply));
      if (after !== null && TERMINAL.has(stored.status)) {
        const rest = await events.next();
        if (rest.done) return reply.code(204).send();
        return stream(reply, messagesOf(service, request.owner, stored.id, startingWith(rest.value, events)));
      }
      return stream(reply, messagesOf(service, request.owner, stored.id, events));
    },
  });
}

async function* startingWith(first: JobEvent, rest: AsyncGenerator<JobEvent, void>): AsyncGenerator<JobEvent, void> {
  yield first;
  yield* rest;
}

function stream(reply: FastifyReply, messages: AsyncGenerator<Message, void>): FastifyReply {
  // proxies that buffer would hold the events back
  reply.header('content-type', 'text/event-stream; charset=utf-8').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  return reply.send(Readable.from(eventStream(messages, HEARTBEAT_MS), { objectMode: false }));
}
