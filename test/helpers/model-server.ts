import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Routes } from './model-server/completions.ts';
import { NativeRoutes } from './model-server/native.ts';
import { OllamaRoutes } from './model-server/ollama.ts';
import { OpenAiRoutes } from './model-server/openai.ts';
import { Refusal } from './model-server/refusal.ts';
import { SglangRoutes } from './model-server/sglang.ts';
import { TgiRoutes } from './model-server/tgi.ts';
import { VllmRoutes } from './model-server/vllm.ts';
import type { Failure, ModelServerOptions, Recorded } from './model-server/options.ts';

/*
 * A fake OpenAI-compatible model server over real HTTP, for every test that needs a model.
 *
 *   const server = await startModelServer({ answer: ({ text }) => (text.includes('Vilnius') ? 'Vilnius.' : 'I do not know.') });
 *   … baseUrl: server.url … server.requests … server.evaluationCount() … await server.close();
 *
 * Routes: /v1/chat/completions, /v1/completions, /v1/responses, and /tokenize, /detokenize beside /v1, or llama.cpp's own
 * (`native`). Every knob is a
 * field of ModelServerOptions (model-server/options.ts), each with its doc comment: what is answered (`answer`,
 * `toolCalls`), how likely it is (`logprob`, for exact games), what the server can do (`echo`, `tokenize`, `lists`,
 * `promptLogprobs`, …: default everything, like vLLM), and how it fails (`fail`, `refuse`, `apiKey`, `models`, `latencyMs`).
 *
 * A planted game: the value of a call is what `logprob` gives for the answer's tokens.
 *
 *   startModelServer({
 *     answer: () => 'Paris',
 *     logprob: (token, context) => (token === 'Paris' ? -6 + (context.includes('Doc A') ? 4 : 0) : undefined),
 *   });
 *
 * Tokens are runs of characters with the whitespace before them ("Paris", " is"); a chat renders as
 * `<|user|>text<|end|><|assistant|>`, and that is what `asked.text` and `context` show. What is generated has the
 * log-probabilities that weighing it gives, so a client that checks the one against the other is satisfied.
 */

export type { Failure, ModelServerOptions, Recorded } from './model-server/options.ts';

export interface ModelServer {
  /** Base URL, /v1 included. */
  url: string;
  /** Every request in the order of arrival, failed ones too. */
  requests: Recorded[];
  /** Prompts answered or weighed so far (a list of ten is ten); probing by a client counts, so take differences. */
  evaluationCount(): number;
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** The first `count` requests of every route fail, the others go well. */
export function failFirst(count: number, failure: Failure): NonNullable<ModelServerOptions['fail']> {
  return (_, index) => (index < count ? failure : undefined);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function goWrong(response: ServerResponse, failure: Failure): void {
  if (failure.kind === 'hang') return;
  if (failure.kind === 'reset') response.socket?.destroy();
  else if (failure.kind === 'html') send(response, 200, '<html>not a reply</html>', { 'content-type': 'text/html' });
  else if (failure.kind === 'broken-json') send(response, 200, '{"choices":[');
  else
    send(response, failure.status, failure.body ?? { error: { message: 'scripted', type: 'scripted_error' } }, failure.headers);
}

/** Prompts that a request has evaluated. */
function evaluationsIn(path: string, body: Record<string, unknown>): number {
  if (/^(?:\/v1)?\/completions?$/.test(path)) return Routes.prompts(body).length;
  if (path === '/generate' && Array.isArray(body['input_ids'])) return Routes.prompts({ prompt: body['input_ids'] }).length;
  return /^\/(v1|inference|generate|api)(\/|$)/.test(path) ? 1 : 0;
}

function routesOf(options: ModelServerOptions): Routes {
  if (options.native) return new NativeRoutes(options);
  if (options.vllm) return new VllmRoutes(options);
  if (options.sglang) return new SglangRoutes(options);
  if (options.tgi) return new TgiRoutes(options);
  if (options.openai) return new OpenAiRoutes(options);
  return options.ollama ? new OllamaRoutes(options) : new Routes(options);
}

/** Starts the fake on a free loopback port. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const routes = routesOf(options);
  const handlers: Record<string, (body: Record<string, unknown>) => object> = {
    '/v1/completions': (body) => routes.completions(body),
    '/v1/chat/completions': (body) => routes.chat(body),
    '/v1/responses': (body) => routes.responses(body),
  };
  for (const path of options.missing ?? []) delete handlers[path];
  Object.assign(handlers, routes.handlers(), options.routes);
  const requests: Recorded[] = [];
  let evaluated = 0;
  let active = 0;
  let most = 0;

  const answer = ({ path, headers, body, evaluations }: Recorded): { status: number; body: unknown } => {
    const handler = handlers[path];
    if (!handler) return { status: 404, body: { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } } };
    if (options.apiKey !== undefined && headers.authorization !== `Bearer ${options.apiKey}`) {
      return {
        status: 401,
        body: {
          error: {
            message: `Incorrect API key provided: ${headers.authorization}`,
            type: 'invalid_request_error',
            code: 'invalid_api_key',
          },
        },
      };
    }
    if (options.models && !options.models.includes(String(body['model']))) {
      return {
        status: 404,
        body: {
          error: {
            message: `The model ${String(body['model'])} does not exist`,
            type: 'invalid_request_error',
            code: 'model_not_found',
          },
        },
      };
    }
    try {
      const reply = handler(body);
      evaluated += evaluations;
      return { status: 200, body: options.tamper?.(reply) ?? reply };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: routes.refused(error) };
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    const evaluations = evaluationsIn(path, body);
    const recorded = { path, headers: request.headers, body, evaluations };
    const failure = options.fail?.(recorded, requests.length);
    requests.push(recorded);
    if (options.latencyMs !== undefined) await delay(options.latencyMs);
    await options.hold?.(recorded);
    if (failure) return goWrong(response, failure);
    const { status, body: reply } = answer(recorded);
    send(response, status, reply);
  };

  const server = createServer((request, response) => {
    active += 1;
    most = Math.max(most, active);
    response.on('close', () => (active -= 1));
    serve(request, response).catch((error: unknown) =>
      send(response, 500, { error: { message: `the fake failed: ${String(error)}`, type: 'server_error' } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    evaluationCount: () => evaluated,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
