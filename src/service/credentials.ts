import { type CallerEndpoint, type Credentials, credentialsSchema } from '../contract/caller-endpoint.ts';
import type { ExplanationRequest } from '../contract/request.ts';
import { faultAt, ProblemError } from '../errors.ts';
import type { EndpointDirectory } from './ports.ts';
import type { Vault } from './vault.ts';

/** The endpoint that the caller brought; null where one is named or left out. */
export function callerEndpointOf({ endpoint }: ExplanationRequest): CallerEndpoint | null {
  return typeof endpoint === 'object' ? endpoint : null;
}

/** A request as it may be stored and shown, and the key that came with it. */
export function withoutKey(request: ExplanationRequest): { request: ExplanationRequest; apiKey: string | null } {
  if (typeof request.endpoint !== 'object') return { request, apiKey: null };
  const { api_key: apiKey = null, ...endpoint } = request.endpoint;
  return { request: { ...request, endpoint }, apiKey };
}

/**
 * Refuses endpoints of callers that the operator has not opened, or whose keys could not be kept.
 * @throws ProblemError endpoint_forbidden, address_forbidden
 */
export function admitCaller(request: ExplanationRequest, directory: EndpointDirectory, vault: Vault | null): void {
  const given = callerEndpointOf(request);
  if (!given) return;
  if (!vault) throw faultAt('endpoint_forbidden', '/endpoint', 'callers cannot bring endpoints here, since the service has no key to encrypt theirs with (ENCRYPTION_KEYS)');
  directory.callers?.admit(given);
}

/** The key of a caller's endpoint, sealed for one job; null where there is no such endpoint. */
export function sealCredentials(owner: string, id: string, request: ExplanationRequest, apiKey: string | null, vault: Vault | null): string | null {
  const given = callerEndpointOf(request);
  if (!given || !vault) return null;
  const scope = vault.fingerprint([owner, given.base_url, given.dialect, apiKey ?? '']);
  return vault.seal(JSON.stringify({ api_key: apiKey, scope } satisfies Credentials), id);
}

/** @throws ProblemError endpoint_forbidden, secret_unreadable */
export function openCredentials(id: string, sealed: string | null, vault: Vault | null): Credentials {
  if (!vault) throw new ProblemError('endpoint_forbidden', 'this worker has no ENCRYPTION_KEYS, so it cannot read the key of the endpoint');
  if (sealed === null) throw new ProblemError('secret_unreadable', 'the key that came with the request is gone; submit it again');
  return credentialsSchema.parse(JSON.parse(vault.open(sealed, id)));
}
