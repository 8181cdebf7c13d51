import type { FastifyInstance } from 'fastify';
import { countUsage } from '../answers.ts';
import { ApiError } from '../api-errors.ts';
import { checkModel, MODEL_ID } from '../context.ts';
import type { Context } from '../context.ts';
import { whileConnected } from '../disconnect.ts';
import { plainJob } from '../jobs.ts';
import { answerRoom, readItems } from '../prompts.ts';
import { embeddingRequest, parseBody } from '../requests.ts';

/** POST /v1/embeddings: the mean of the last hidden states of a text, scaled to length 1. */
export function embeddingsRoute(app: FastifyInstance, { config, tokenizer, pool }: Context): void {
  app.post('/v1/embeddings', async (request, reply) => {
    const asked = parseBody(embeddingRequest, request.body);
    checkModel(asked.model);
    if (asked.dimensions !== undefined && asked.dimensions !== config.width) {
      const reason = `This model's embeddings have ${config.width} dimensions, no other number`;
      throw new ApiError(400, reason, 'dimensions', 'invalid_value');
    }
    const begin = tokenizer.specialId('<|begin|>');
    const inputs = readItems(asked.input, 'input', config.vocab).map((item) => {
      const ids = typeof item === 'string' ? [begin, ...tokenizer.encode(item)] : item;
      answerRoom(ids.length, undefined, 0, config.context, 'input');
      return ids;
    });
    const results = await pool.run(inputs.map((ids) => ({ ...plainJob(ids), embed: true })), whileConnected(reply));
    const { prompt_tokens, total_tokens, prompt_tokens_details } = countUsage(inputs, results);
    return {
      object: 'list',
      model: MODEL_ID,
      data: results.map((result, index) => {
        return { object: 'embedding', index, embedding: show(result.embedding!, asked.encoding_format) };
      }),
      usage: { prompt_tokens, total_tokens, prompt_tokens_details },
    };
  });
}

/** Numbers, or the base64 of their little-endian float32 bytes. */
function show(embedding: Float32Array, format: 'float' | 'base64'): number[] | string {
  if (format === 'float') return Array.from(embedding);
  const bytes = Buffer.alloc(4 * embedding.length);
  for (const [i, value] of embedding.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString('base64');
}
