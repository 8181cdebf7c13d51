import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { webhookSecretSchema } from '../../contract/webhooks.ts';
import type { WebhookService } from '../../service/service.ts';
import { GUARDED, operation, STORED, WITH_BODY } from '../operation.ts';
import { noQuerySchema } from '../path.ts';

const REPLY = { 'application/json': webhookSecretSchema };

/** What the caller's webhooks are signed with. */
export function webhookSecretRoutes(scope: FastifyInstance, service: WebhookService): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.route({
    method: 'GET',
    url: '/webhooks/secret',
    schema: {
      querystring: noQuerySchema,
      ...operation({
        id: 'readWebhookSecret',
        tag: 'webhooks',
        summary: 'Read your signing secret',
        description: 'What your webhooks are signed with, by the rules of Standard Webhooks. All keys of an owner see the same one.',
        replies: { 200: { description: 'The secret.', content: REPLY } },
        problems: [...GUARDED, ...STORED],
      }),
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return service.webhookSecret(request.owner);
    },
  });

  app.route({
    method: 'POST',
    url: '/webhooks/secret/rotate',
    schema: {
      querystring: noQuerySchema,
      ...operation({
        id: 'rotateWebhookSecret',
        tag: 'webhooks',
        summary: 'Rotate your signing secret',
        description:
          'Makes a new secret. For a day messages are signed with both, so that receivers can change over; rotating again ends that for the older one.',
        replies: { 200: { description: 'The new secret and the one before.', content: REPLY } },
        problems: [...GUARDED, ...WITH_BODY, ...STORED],
      }),
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return service.rotateWebhookSecret(request.owner);
    },
  });
}
