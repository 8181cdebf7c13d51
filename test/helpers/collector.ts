import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const value = z.looseObject({ stringValue: z.string().optional(), intValue: z.union([z.number(), z.string()]).optional() });
const attributes = z.array(z.looseObject({ key: z.string(), value })).default([]);
const spanSchema = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: z.number(),
  attributes,
  status: z.looseObject({ code: z.number().optional() }).optional(),
});
const bodySchema = z.object({
  resourceSpans: z.array(z.looseObject({ resource: z.looseObject({ attributes }), scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })) })),
});

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: number;
  failed: boolean;
  attributes: Record<string, string>;
  /** `service.name` of who sent it. */
  service: string;
}

/** A collector of traces on loopback that speaks OTLP over HTTP with JSON. */
export interface Collector {
  url: string;
  spans: CollectedSpan[];
  /** All that was sent, as text. */
  text(): string;
  /** The spans once this holds for them. */
  until(holds: (spans: readonly CollectedSpan[]) => boolean): Promise<readonly CollectedSpan[]>;
  close(): Promise<void>;
}

const recordOf = (list: z.output<typeof attributes>) => Object.fromEntries(list.map((entry) => [entry.key, String(entry.value.stringValue ?? entry.value.intValue ?? '')]));

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  let text = '';
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      text += `${request.method} ${request.url} ${JSON.stringify(request.headers)}\n${body}\n`;
      for (const { resource, scopeSpans } of bodySchema.parse(JSON.parse(body)).resourceSpans) {
        const service = recordOf(resource.attributes)['service.name'] ?? '';
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          spans.push({ ...span, parentSpanId: span.parentSpanId || null, failed: span.status?.code === 2, attributes: recordOf(span.attributes), service });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const until: Collector['until'] = async (holds) => {
    while (!holds(spans)) await new Promise((resolve) => setTimeout(resolve, 50));
    return spans;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => text,
    until,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
