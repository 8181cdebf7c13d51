import { z } from 'zod';
import { batchListSchema, batchRequestSchema, batchSchema } from '../contract/batches.ts';
import { callSchema } from '../contract/call.ts';
import { callerEndpointSchema } from '../contract/caller-endpoint.ts';
import { catalogueSchema } from '../contract/catalogue.ts';
import { checksSchema, rationaleSchema } from '../contract/checks.ts';
import { armSchema, changeSchema, highlightSchema } from '../contract/highlight.ts';
import { attributionChoice } from '../contract/part-options.ts';
import { problemSchema } from '../contract/problem.ts';
import { probeReplySchema, probeRequestSchema } from '../contract/probes.ts';
import {
  aliveSchema,
  attributionsReplySchema,
  endpointsSchema,
  evaluationsSchema,
  listSchema,
  readySchema,
} from '../contract/replies.ts';
import { attributionsSchema, budgetSchema, requestSchema } from '../contract/request.ts';
import {
  attributionSchema,
  estimateSchema,
  explanationSchema,
  faithfulnessSchema,
  progressSchema,
  resultSchema,
  resultTargetSchema,
  statusSchema,
  unitSchema,
  usageSchema,
} from '../contract/resource.ts';
import { targetSchema } from '../contract/targets.ts';
import { deliverySchema, messageSchema, webhookSchema, webhookSecretSchema } from '../contract/webhooks.ts';

/** Names under which schemas stand in the OpenAPI document; what has no name is written out where it is used. */
const COMPONENTS: Record<string, z.ZodType> = {
  Alive: aliveSchema,
  Attribution: attributionSchema,
  AttributionMethod: attributionChoice,
  AttributionsReply: attributionsReplySchema,
  AttributionsRequest: attributionsSchema,
  Batch: batchSchema,
  BatchList: batchListSchema,
  BatchRequest: batchRequestSchema,
  Budget: budgetSchema,
  Call: callSchema,
  CallerEndpoint: callerEndpointSchema,
  Catalogue: catalogueSchema,
  ChecksRequest: checksSchema,
  Delivery: deliverySchema,
  EndpointList: endpointsSchema,
  Estimate: estimateSchema,
  Evaluations: evaluationsSchema,
  Explanation: explanationSchema,
  ExplanationList: listSchema,
  ExplanationRequest: requestSchema,
  Faithfulness: faithfulnessSchema,
  Highlight: highlightSchema,
  HighlightArm: armSchema,
  HighlightChange: changeSchema,
  Method: requestSchema.shape.method,
  Perturber: requestSchema.shape.perturber,
  Probe: probeReplySchema,
  ProbeRequest: probeRequestSchema,
  Problem: problemSchema,
  Progress: progressSchema,
  Rationale: rationaleSchema,
  Ready: readySchema,
  Result: resultSchema,
  ResultTarget: resultTargetSchema,
  Scorer: requestSchema.shape.scorer,
  Segmenter: requestSchema.shape.segmenter,
  Status: statusSchema,
  Target: targetSchema,
  Unit: unitSchema,
  Usage: usageSchema,
  Webhook: webhookSchema,
  WebhookMessage: messageSchema,
  WebhookSecret: webhookSecretSchema,
};

/** Gives the schemas their names, once per process. Titles and descriptions that they have already stay. */
export function nameComponents(): void {
  for (const [id, schema] of Object.entries(COMPONENTS)) {
    const known = z.globalRegistry.get(schema);
    if (known?.id === undefined) z.globalRegistry.add(schema, { ...known, id });
  }
}
