import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { Watch } from '../service/meter.ts';

/** Of OpenTelemetry's conventions for generative AI; other routes go by their path. */
const OPERATIONS = new Map([
  ['/chat/completions', 'chat'],
  ['/completions', 'text_completion'],
  ['/responses', 'chat'],
  ['/embeddings', 'embeddings'],
]);

/** A caller may name any model. */
const LONGEST_MODEL = 100;

/** A span for every request to an endpoint: what kind, how many prompts and tokens, how it ended. Never what was asked or answered. */
export function createEndpointSpans(tracer: Tracer): Watch {
  return {
    sent({ endpoint, path, model, evaluations }) {
      const operation = OPERATIONS.get(path) ?? path;
      const span = tracer.startSpan(`${operation} ${endpoint}`, {
        kind: SpanKind.CLIENT,
        attributes: {
          'gen_ai.operation.name': operation,
          ...(model === null ? {} : { 'gen_ai.request.model': model.slice(0, LONGEST_MODEL) }),
          'wherefore.endpoint': endpoint,
          'wherefore.evaluations': evaluations,
        },
      });
      return ({ outcome, usage }) => {
        span.setAttributes({
          'gen_ai.usage.input_tokens': usage.promptTokens,
          'gen_ai.usage.output_tokens': usage.completionTokens,
          'wherefore.outcome': outcome,
        });
        if (outcome !== 'ok') span.setAttribute('error.type', outcome);
        // what we called off ourselves is no error
        if (outcome !== 'ok' && outcome !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      };
    },
    waited: (endpoint, seconds) => {
      // most requests wait for nothing worth telling
      if (seconds > 0.001) trace.getActiveSpan()?.addEvent('waited for a turn', { 'wherefore.endpoint': endpoint, seconds });
    },
    again: (endpoint) => void trace.getActiveSpan()?.addEvent('asking again', { 'wherefore.endpoint': endpoint }),
    paused: (endpoint) => void trace.getActiveSpan()?.addEvent('the endpoint asks to be left alone', { 'wherefore.endpoint': endpoint }),
  };
}
