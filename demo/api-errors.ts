import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** An error that goes out in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

const CODES: Readonly<Record<number, string>> = { 413: 'request_too_large', 415: 'unsupported_media_type' };

function send(reply: FastifyReply, error: ApiError): FastifyReply {
  const type = error.status >= 500 ? 'server_error' : 'invalid_request_error';
  const { message, param, code } = error;
  return reply.code(error.status).send({ error: { message, type, param, code } });
}

/** Fastify's error handler. An unforeseen error shows nothing of itself. */
export function handleError(error: FastifyError | ApiError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ApiError) return send(reply, error);
  const status = error.statusCode ?? 500;
  if (status === 503) return send(reply, new ApiError(503, 'The server is shutting down'));
  if (status >= 500) return send(reply, new ApiError(500, 'The server made an error'));
  const json = error instanceof SyntaxError || error.code.startsWith('FST_ERR_CTP_');
  const message = status === 400 && json ? `The body could not be parsed as JSON: ${error.message}` : error.message;
  return send(reply, new ApiError(status, message, null, CODES[status] ?? (json ? 'invalid_json' : null)));
}

/** Fastify's handler for paths and methods that do not exist. */
export function handleUnknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  return send(reply, new ApiError(404, `Unknown request URL: ${request.method} ${path}`, null, 'unknown_url'));
}
