import type { Logger } from 'pino';
import type { Claims, Findings, SharedLimits } from '../service/shared-ports.ts';
import { createClaims } from '../store/claims.ts';
import { closeConnection, connect } from '../store/connections.ts';
import { createFindings } from '../store/findings.ts';
import { createKeys } from '../store/keys.ts';
import { createSharedLimits } from '../store/shared-limits.ts';
import type { Closers } from './compose.ts';
import { settled } from './settled.ts';

/** What the workers of an installation know and do together about their endpoints. */
export interface Shared {
  findings: Findings;
  claims: Claims;
  limits: SharedLimits;
}

/** Over a connection that fails fast: without Redis each process goes by what it knows itself. */
export async function openShared({ redisUrl, prefix }: { redisUrl: string; prefix: string }, closers: Closers, logger: Logger): Promise<Shared> {
  const redis = connect(redisUrl, 'producer', (error) => logger.warn({ error: error.message, connection: 'shared' }, 'redis connection'));
  closers.add('shared redis', () => closeConnection(redis));
  const keys = createKeys(prefix);
  const claims = createClaims(redis, keys);
  closers.add('claims', () => claims.close());
  await settled(redis);
  return { findings: createFindings(redis, keys), claims, limits: createSharedLimits(redis, keys) };
}
