import { EXPLANATION_EXAMPLE } from '../contract/example-explanation.ts';
import { BODY_EXAMPLES, PARAMETER_EXAMPLES } from '../contract/examples.ts';
import { isObject, type JsonObject, tidyOpenApi } from '../contract/openapi-tidy.ts';
import { REPLY_HEADERS } from './reply-headers.ts';

export const INFO = {
  title: 'Wherefore',
  summary: 'Which parts of a prompt caused an answer.',
  description: [
    'Explains remote model calls through nothing but their OpenAI-compatible API: parts of the input are taken away, ' +
      'the model is asked again, and the change is attributed to the parts.',
    'A job is accepted by `POST /v1/explanations` and read until it has ended. Names are `snake_case`; unknown fields are ' +
      'errors, except inside `call`, which is passed through. Offsets count Unicode code points.',
    'Errors are RFC 9457 problem documents with a stable `code`. Every reply carries `X-Request-Id`, taken from the request ' +
      'where that has a sane one. In every path under `/v1/explanations/`, `latest` names the newest explanation of the caller.',
  ].join('\n\n'),
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

export const TAGS = [
  { name: 'explanations', description: 'Jobs: what they would cost, accepting, reading, cancelling, erasing.' },
  { name: 'batches', description: 'Many explanations at once.' },
  { name: 'webhooks', description: 'Being told when something has ended.' },
  { name: 'results', description: 'More from a finished job, without another model call.' },
  { name: 'catalogue', description: 'What a request can choose from.' },
  { name: 'service', description: 'Health, metrics, this description.' },
];

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'An API key. Where the service has no keys configured, it listens on loopback only and none is needed.',
  },
};

const signed = (name: string, description: string) => ({ name, in: 'header' as const, required: true, description, schema: { type: 'string' as const } });

/** What the service sends by itself. */
export const WEBHOOKS = {
  ended: {
    post: {
      operationId: 'notifyEnd',
      tags: ['webhooks'],
      summary: 'Something has ended',
      description:
        'Posted to `webhook.url` (Standard Webhooks). Answer with any 2xx within 15 seconds; anything else is tried again for about a day. ' +
        '410 says that the URL is gone: nothing more is sent to it for a day.',
      security: [],
      parameters: [
        signed('webhook-id', 'The same for every attempt.'),
        signed('webhook-timestamp', 'Of this attempt, in seconds since 1970.'),
        signed('webhook-signature', '`v1,` and HMAC-SHA256 of `id.timestamp.body` in Base64; two of them after a rotation.'),
      ],
      requestBody: {
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/WebhookMessage' },
            example: {
              type: 'explanation.completed',
              timestamp: '2026-11-23T09:00:00.431Z',
              data: { id: 'exp_01kaqm3v7x9d2t5r8w1y4z6b0c', object: 'explanation', status: 'completed', batch_id: null },
            },
          },
        },
      },
      responses: { '204': { description: 'Taken.' } },
    },
  },
};

const COMPLETED = '#/components/examples/Completed';

type Change = (operation: JsonObject) => void;

/** An object inside another one, or an empty one that is not part of it. */
function inside(parent: JsonObject, ...path: string[]): JsonObject {
  let at: JsonObject = parent;
  for (const key of path) {
    const next = at[key];
    if (!isObject(next)) return {};
    at = next;
  }
  return at;
}

function string(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** HTTP header names take any case; people know them as `If-None-Match`. */
function headerName(name: string): string {
  return name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** The spec ignores parameters named Accept; replies name their media types instead. */
const parameters: Change = (operation) => {
  const list = operation['parameters'];
  if (!Array.isArray(list)) return;
  const kept = list.filter(isObject).filter((parameter) => parameter['name'] !== 'accept');
  for (const parameter of kept) {
    if (parameter['in'] === 'header') parameter['name'] = headerName(string(parameter['name']));
    const example = PARAMETER_EXAMPLES[`${string(parameter['in'])}.${string(parameter['name'])}`];
    if (example !== undefined) parameter['example'] = example;
  }
  if (kept.length > 0) operation['parameters'] = kept;
  else delete operation['parameters'];
};

const examples: Change = (operation) => {
  const found = BODY_EXAMPLES[string(operation['operationId'])];
  if (found !== undefined)
    inside(operation, 'requestBody', 'content', 'application/json')['examples'] = structuredClone(found) as unknown as JsonObject;
  const media = inside(operation, 'responses', '200', 'content', 'application/json');
  if (inside(media, 'schema')['$ref'] === '#/components/schemas/Explanation')
    media['examples'] = { completed: { $ref: COMPLETED } };
};

/** `x-reply-headers` of api/operation.ts as headers of the replies. */
const headers: Change = (operation) => {
  for (const [status, names] of Object.entries(inside(operation, 'x-reply-headers'))) {
    const list = Array.isArray(names) ? names.map(string) : [];
    inside(operation, 'responses', status)['headers'] = Object.fromEntries(
      list.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
  delete operation['x-reply-headers'];
};

/** Replies without a body have no media type. */
const emptyReplies: Change = (operation) => {
  for (const reply of Object.values(inside(operation, 'responses'))) {
    if (isObject(reply) && inside(reply, 'content', 'application/json', 'schema')['type'] === 'null') delete reply['content'];
  }
};

/** The generator's document, tidied, with examples and reply headers. */
export function finishOpenApi(generated: object): JsonObject {
  const document = tidyOpenApi(JSON.parse(JSON.stringify(generated)) as JsonObject);
  for (const path of Object.values(inside(document, 'paths'))) {
    for (const operation of Object.values(isObject(path) ? path : {})) {
      if (!isObject(operation)) continue;
      for (const change of [parameters, headers, emptyReplies, examples]) change(operation);
    }
  }
  const { headers: _headers, ...components } = inside(document, 'components');
  return {
    ...document,
    components: {
      ...components,
      headers: REPLY_HEADERS,
      examples: { Completed: { value: EXPLANATION_EXAMPLE } },
    },
  };
}
