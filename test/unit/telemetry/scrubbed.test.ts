import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { scrubbed } from '../../../src/telemetry/scrubbed.ts';

it('withholds the words of errors and what jobs returned, and nothing else', () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: scrubbed(exporter) })] }).getTracer('test');
  const span = tracer.startSpan('process');
  span.recordException(new TypeError('cannot read "a prompt"'));
  span.addEvent('job failed', { 'bullmq.job.failed.reason': 'a prompt', 'bullmq.job.attempts.made': 2 });
  span.setAttributes({ 'bullmq.job.result': 'a completion', 'bullmq.job.id': 'exp_1' });
  span.end();
  const [sent] = exporter.getFinishedSpans();
  expect(sent?.attributes).toEqual({ 'bullmq.job.id': 'exp_1' });
  expect(sent?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ['exception', { 'exception.type': 'TypeError' }],
    ['job failed', { 'bullmq.job.attempts.made': 2 }],
  ]);
});
