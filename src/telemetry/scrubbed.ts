import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/**
 * What the queue's own spans would tell of a job's end: messages of errors that nobody foresaw, which may quote what was
 * being read, and return values.
 */
const WITHHELD = ['exception.message', 'exception.stacktrace', 'bullmq.job.failed.reason', 'bullmq.job.result'];

function scrub(attributes: Attributes | undefined): void {
  for (const name of WITHHELD) if (attributes) delete attributes[name];
}

/** The exporter, without words of errors. */
export function scrubbed(exporter: SpanExporter): SpanExporter {
  return {
    export(spans: ReadableSpan[], done) {
      for (const span of spans) {
        scrub(span.attributes);
        for (const event of span.events) scrub(event.attributes);
      }
      exporter.export(spans, done);
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
