import { PAYLOAD_VERSION } from '../contract/queue.ts';
import { type ExplanationRequest, requestSchema } from '../contract/request.ts';
import { ProblemError } from '../errors.ts';
import type { Stored } from '../service/ports.ts';

/** From each older version to the next: what its requests must be changed in, beside fields whose defaults are filled in. */
const UPGRADES: Readonly<Record<number, (request: unknown) => unknown>> = {
  // endpoints of callers came: nothing that was there before has changed
  1: (request) => request,
};

export function versionOf({ schema = 1 }: Stored): number {
  return schema;
}

/**
 * The request of a job that this release or an earlier one has stored.
 * @throws ProblemError outdated_job when it is of a version that is no longer read, or does not fit the schema any more
 */
export function readRequest(stored: Stored): ExplanationRequest {
  let request: unknown = JSON.parse(stored.request);
  for (let version = versionOf(stored); version < PAYLOAD_VERSION; version += 1) {
    const upgrade = UPGRADES[version];
    if (!upgrade) throw outdated(`its form (version ${version}) is no longer read`);
    request = upgrade(request);
  }
  const { data, error } = requestSchema.safeParse(request);
  if (data) return data;
  throw outdated(`its request does not fit this release at /${error.issues[0]?.path.join('/') ?? ''}`);
}

function outdated(why: string): ProblemError {
  return new ProblemError('outdated_job', `the job was stored by another release, and ${why}: submit it again`);
}
