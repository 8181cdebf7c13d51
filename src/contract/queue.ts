import { z } from 'zod';

/** The queue's name and the shape of what travels on it. The explanation itself stays under its own key. */
export const QUEUE = 'explanations';
export const PAYLOAD_VERSION = 1;

export const payloadSchema = z.object({ version: z.int(), id: z.string() });
export type Payload = z.output<typeof payloadSchema>;
