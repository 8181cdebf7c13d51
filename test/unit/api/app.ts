import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type AppDeps, buildApp } from '../../../src/api/app.ts';
import { offlineBatches, offlineRates, offlineWebhooks } from '../../../src/api/offline.ts';
import { NO_TERMS } from '../../../src/service/terms.ts';
import { createAuthenticator } from '../../../src/api/auth.ts';
import { problemSchema } from '../../../src/contract/problem.ts';
import { type ProblemCode, PROBLEMS } from '../../../src/errors.ts';
import { expect } from 'vitest';
import { MemoryHealth } from './memory-health.ts';
import { MemoryService } from './memory-service.ts';

export const MAX_BODY_BYTES = 100_000;

export interface TestApp {
  app: FastifyInstance;
  service: MemoryService;
  health: MemoryHealth;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The app over services in memory. Without keys it is open. */
export async function testApp(
  options: { keys?: Record<string, string>; docs?: boolean } & Partial<Pick<AppDeps, 'service' | 'logger' | 'metrics'>> = {},
): Promise<TestApp> {
  const { keys = {}, docs = false, ...rest } = options;
  const service = new MemoryService();
  const health = new MemoryHealth();
  const auth = createAuthenticator(Object.entries(keys).map(([key, owner]) => ({ owner, sha256: sha256(key) })));
  const app = await buildApp({
    service,
    batches: offlineBatches,
    webhooks: offlineWebhooks,
    terms: () => NO_TERMS,
    rates: offlineRates,
    health,
    auth,
    settings: { maxBodyBytes: MAX_BODY_BYTES, maxBatchBytes: 2 * MAX_BODY_BYTES, version: '1.2.3', docs, corsOrigins: [] },
    logger: false,
    ...rest,
  });
  return { app, service, health };
}

/** The smallest request that is right. */
export const BODY = { call: { messages: [{ role: 'user', content: 'The sky was clear. Lars has a pet tortoise.' }] } };

interface Reply {
  statusCode: number;
  body: string;
  headers: Record<string, unknown>;
}

/** Holds that a reply is the documented problem of this code, and gives its pointers. */
export function expectProblem(reply: Reply, code: ProblemCode): string[] {
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(JSON.parse(reply.body));
  expect(problem).toMatchObject({
    code,
    status: PROBLEMS[code].status,
    title: PROBLEMS[code].title,
    type: `urn:wherefore:problem:${code}`,
  });
  expect(reply.statusCode).toBe(PROBLEMS[code].status);
  expect(problem.detail).not.toBe('');
  expect(problem.request_id).toBe(reply.headers['x-request-id']);
  return (problem.errors ?? []).map(({ pointer }) => pointer);
}
