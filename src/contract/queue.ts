import { z } from 'zod';

/** The queue's name and the shape of what travels on it. The explanation itself stays under its own key. */
export const QUEUE = 'explanations';

/**
 * The version of what is stored of a job: payload, hash and request. It is in both, and rises when a release stores what
 * the one before could not read. 1: no version in the hash, endpoints by name only. 2: endpoints of callers.
 * A worker that meets a newer one leaves the job to a worker of that release; docs/operations.md has the order of updates.
 */
export const PAYLOAD_VERSION = 2;

/** What every version of a payload has. */
export const versionedSchema = z.looseObject({ version: z.int() });

/** `request_id`: of the request that submitted it, for the log; left out where that is no longer known. */
export const payloadSchema = z.object({ version: z.int(), id: z.string(), request_id: z.string().optional() });
export type Payload = z.output<typeof payloadSchema>;

/** The queue of probes on request; their answers travel back on it, since they are small. */
export const PROBE_QUEUE = 'probes';

export const probePayloadSchema = z.object({ version: z.int(), endpoint: z.string(), model: z.string() });
export type ProbePayload = z.output<typeof probePayloadSchema>;

/** The queue of notifications; a job's id is that of what has ended. */
export const WEBHOOK_QUEUE = 'webhooks';

export const webhookPayloadSchema = z.object({ version: z.int(), id: z.string() });
export type WebhookPayload = z.output<typeof webhookPayloadSchema>;
