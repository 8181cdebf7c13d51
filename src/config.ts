import { z } from 'zod';
import { ProblemError } from './errors.ts';
import { wording } from './wording.ts';

const integer = (fallback: number, min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max).default(fallback);

const optional = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional();

const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((text) => text === 'true' || text === '1');

/** A limit that need not be there. */
const limit = optional.transform((text) => (text === undefined ? undefined : Number(text))).pipe(z.int('must be a whole number').min(1).optional());

const signingKey = optional.refine((key) => key === undefined || key.length >= 32, 'must have at least 32 characters');

/** CORS_ORIGINS as a list. */
export const originsIn = (text: string | undefined): string[] => (text ?? '').split(',').map((origin) => origin.trim()).filter((origin) => origin !== '');
const isOrigin = (text: string): boolean => text === '*' || URL.parse(text)?.origin === text;

/** Every variable the service reads; docs/operations.md lists them and a test compares the two. */
export const variables = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(3000, 0, 65_535),
  REDIS_URL: optional,
  CACHE_REDIS_URL: optional,
  KEY_PREFIX: z.string().regex(/^\{[^{}]+\}$/, 'must be a name in braces, so that all keys share a cluster slot').default('{wherefore}'),
  DATA_DIR: z.string().min(1).default('./.data'),
  ENDPOINTS_FILE: optional,
  API_KEYS_FILE: optional,
  OWNERS_FILE: optional,
  OWNER_MAX_OPEN: limit,
  OWNER_REQUESTS_PER_MINUTE: limit,
  OWNER_EXPLANATIONS_PER_MINUTE: limit,
  CORS_ORIGINS: optional.refine((text) => text === undefined || originsIn(text).every(isOrigin), 'must be origins such as https://app.example.org, parted by commas, or *'),
  ENCRYPTION_KEYS: optional,
  WORKER_CONCURRENCY: integer(8, 1, 1_000),
  RESULT_TTL_SECONDS: integer(7 * 86_400, 60),
  CACHE_TTL_SECONDS: integer(7 * 86_400, 1),
  MAX_QUEUE: integer(10_000, 1),
  MAX_BODY_BYTES: integer(1_000_000, 1_000),
  MAX_BATCH_BYTES: integer(16_000_000, 1_000),
  MAX_UNITS: integer(2_000, 1, 100_000),
  MAX_CALLS: integer(20_000, 1),
  WEBHOOK_SIGNING_KEY: signingKey,
  WEBHOOK_SIGNING_KEY_PREVIOUS: signingKey,
  WEBHOOK_ALLOW_PRIVATE_NETWORK: flag,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_CONTENT: flag,
  DOCS: flag.default(true),
  SHUTDOWN_SECONDS: integer(20, 1, 600),
  WORKER_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  WORKER_METRICS_PORT: optional.transform((text) => (text === undefined ? undefined : Number(text))).pipe(z.int('must be a port').min(0).max(65_535).optional()),
  OPERATOR_KEY_SHA256: optional.refine((hash) => hash === undefined || /^[0-9a-f]{64}$/i.test(hash), 'must be a SHA-256 hash in 64 hex digits'),
  BOARD: flag,
  OTEL_EXPORTER_OTLP_ENDPOINT: optional.refine((url) => url === undefined || URL.canParse(url), 'must be a URL'),
  OTEL_SERVICE_NAME: z.string().min(1).default('wherefore'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  NO_COLOR: optional,
});

type Variables = z.output<typeof variables>;

export interface Config extends Readonly<Variables> {
  /** A secret named by a variable (`api_key_env`), read at start and never logged. */
  secret(name: string): string | undefined;
  /** Where executables are looked for. */
  searchPath: string;
}

/** Loopback addresses, the only ones the service binds to without API keys. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The environment as one frozen object. The only reader of `process.env`.
 * @param defaults stand where the environment says nothing
 * @throws ProblemError validation_failed that names each variable at fault
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, defaults: NodeJS.ProcessEnv = {}): Config {
  const parsed = variables.safeParse({ ...defaults, ...env }, { error: wording });
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, message: issue.message }));
    throw new ProblemError('validation_failed', `the environment: ${faults.map((fault) => `${fault.pointer.slice(1)} ${fault.message}`).join('; ')}`, { faults });
  }
  const config = parsed.data;
  if (config.WORKER_METRICS_PORT !== undefined && !isLoopback(config.WORKER_METRICS_HOST) && config.OPERATOR_KEY_SHA256 === undefined) {
    throw new ProblemError('validation_failed', `WORKER_METRICS_HOST=${config.WORKER_METRICS_HOST} is open to others, so OPERATOR_KEY_SHA256 is needed`);
  }
  if (config.WEBHOOK_SIGNING_KEY_PREVIOUS !== undefined && config.WEBHOOK_SIGNING_KEY === undefined) {
    throw new ProblemError('validation_failed', 'WEBHOOK_SIGNING_KEY_PREVIOUS is the key before WEBHOOK_SIGNING_KEY, which is not set');
  }
  if (config.BOARD && config.OPERATOR_KEY_SHA256 === undefined) {
    throw new ProblemError('validation_failed', 'BOARD=true shows the queues of all owners, so OPERATOR_KEY_SHA256 is needed');
  }
  if (!isLoopback(config.HOST) && config.API_KEYS_FILE === undefined) {
    throw new ProblemError('validation_failed', `HOST=${config.HOST} is open to others, so API_KEYS_FILE is needed; without keys the service binds to loopback only`);
  }
  return Object.freeze({ ...config, secret: (name: string) => env[name], searchPath: env['PATH'] ?? '' });
}
