import type { Completion, Opening, Outcome, ToolCall } from '../core/types.ts';

/*
 * An outcome as bytes: one that says what follows, so that another form can be told apart, then
 *   weighed    the log-probabilities as little-endian doubles, exact, NaN and infinities too
 *   generated  the completion as JSON
 *   aligned    where the answer parted and how many tokens are measured, as little-endian integers of 4 bytes, then as weighed
 *   opened     the tokens with their log-probabilities as JSON
 * Foils have keys of their own: what is stored is one completion's weighing.
 */
const WEIGHED = 1;
const GENERATED = 2;
const OPENED = 3;
const ALIGNED = 4;
const INT = 4;
const DOUBLE = 8;

type Storable = Exclude<Outcome, { kind: 'failed' }>;

export function encodeOutcome(outcome: Storable): Buffer {
  if (outcome.kind === 'generated') {
    const { text, toolCalls, finishReason } = outcome.completion;
    return Buffer.concat([Buffer.of(GENERATED), Buffer.from(JSON.stringify({ text, toolCalls, finishReason }))]);
  }
  if (outcome.kind === 'opened') {
    const entries = outcome.top.map(({ token, logprob }) => [token, logprob]);
    return Buffer.concat([Buffer.of(OPENED), Buffer.from(JSON.stringify(entries))]);
  }
  const { logprobs, aligned } = outcome;
  const head = Buffer.alloc(aligned ? 1 + 2 * INT : 1);
  head[0] = aligned ? ALIGNED : WEIGHED;
  if (aligned) {
    head.writeInt32LE(aligned.divergence, 1);
    head.writeInt32LE(aligned.known, 1 + INT);
  }
  const bytes = Buffer.alloc(logprobs.length * DOUBLE);
  logprobs.forEach((value, token) => bytes.writeDoubleLE(value, token * DOUBLE));
  return Buffer.concat([head, bytes]);
}

function isToolCall(value: unknown): value is ToolCall {
  if (typeof value !== 'object' || value === null || !('name' in value && 'arguments' in value)) return false;
  return typeof value.name === 'string' && typeof value.arguments === 'string';
}

function isCompletion(value: unknown): value is Completion {
  if (typeof value !== 'object' || value === null) return false;
  if (!('text' in value && 'toolCalls' in value && 'finishReason' in value)) return false;
  const { text, toolCalls, finishReason } = value;
  if (typeof text !== 'string' || (finishReason !== null && typeof finishReason !== 'string')) return false;
  return Array.isArray(toolCalls) && toolCalls.every(isToolCall);
}

function decodeJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return null;
  }
}

function decodeCompletion(value: unknown): Outcome | null {
  return isCompletion(value) ? { kind: 'generated', completion: value } : null;
}

function decodeOpening(value: unknown): Outcome | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const top = value.map((entry: unknown): Opening | null => {
    if (!Array.isArray(entry) || entry.length !== 2) return null;
    const [token, logprob] = entry as unknown[];
    return typeof token === 'string' && typeof logprob === 'number' ? { token, logprob } : null;
  });
  return top.includes(null) ? null : { kind: 'opened', top: top.filter((entry) => entry !== null) };
}

function decodeWeights(body: Buffer): Extract<Outcome, { kind: 'weighed' }> | null {
  if (body.length % DOUBLE !== 0) return null;
  return { kind: 'weighed', logprobs: Float64Array.from({ length: body.length / DOUBLE }, (_, token) => body.readDoubleLE(token * DOUBLE)) };
}

/** null for bytes that are no outcome: another release may have written them. */
export function decodeOutcome(bytes: Buffer): Outcome | null {
  const body = bytes.subarray(1);
  if (bytes[0] === GENERATED) return decodeCompletion(decodeJson(body));
  if (bytes[0] === OPENED) return decodeOpening(decodeJson(body));
  if (bytes[0] === WEIGHED) return decodeWeights(body);
  if (bytes[0] !== ALIGNED || body.length < 2 * INT) return null;
  const weighed = decodeWeights(body.subarray(2 * INT));
  return weighed && { ...weighed, aligned: { divergence: body.readInt32LE(0), known: body.readInt32LE(INT) } };
}
