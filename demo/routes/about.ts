import type { FastifyInstance } from 'fastify';
import { checkModel, MODEL_ID, VERSION } from '../context.ts';
import type { Context } from '../context.ts';

/** GET /v1/models, /v1/models/{id}, /health and /version. */
export function aboutRoutes(app: FastifyInstance, context: Context): void {
  const model = {
    id: MODEL_ID,
    object: 'model',
    created: context.created,
    owned_by: 'wherefore',
    root: context.fingerprint,
    parent: null,
    max_model_len: context.config.context,
  };
  app.get('/v1/models', () => ({ object: 'list', data: [model] }));
  app.get<{ Params: { id: string } }>('/v1/models/:id', (request) => {
    checkModel(request.params.id);
    return model;
  });
  app.get('/health', () => ({ status: 'ok' }));
  app.get('/version', () => ({ version: VERSION }));
}
