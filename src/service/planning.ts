import type { ExplanationRequest } from '../contract/request.ts';
import type { Estimate } from '../contract/resource.ts';
import { faultAt } from '../errors.ts';
import { admitCaller, callerEndpointOf, withoutKey } from './credentials.ts';
import { estimateOf } from './estimate.ts';
import { measuredRates } from './measured-rates.ts';
import { type AnyPlan, type Limits, planFor } from './plan.ts';
import type { EndpointDirectory, Pace } from './ports.ts';
import type { Probes } from './shared-ports.ts';
import { directoryFor, refuseForbidden, type TermsOf } from './terms.ts';
import type { Vault } from './vault.ts';
import type { UrlCheck } from './webhook-ports.ts';

export interface PlanningDeps {
  endpoints: EndpointDirectory;
  pace: Pace;
  probes: Pick<Probes, 'read'>;
  limits: Limits;
  terms: TermsOf;
  /** Whether the URL of a webhook may be told. */
  webhookFault: UrlCheck;
  /** Keeps the keys of endpoints that callers bring; null: they may bring none. */
  vault: Vault | null;
}

export interface Planned {
  plan: AnyPlan;
  estimate: Estimate;
  /** Of the endpoint that the caller brought; the plan's request is without it. */
  apiKey: string | null;
}

/** @throws ProblemError address_forbidden, at `pointer` */
export function refuseWebhook(webhook: { url: string } | null | undefined, fault: UrlCheck, pointer = '/webhook/url'): void {
  const reason = webhook ? fault(webhook.url) : null;
  if (reason !== null) throw faultAt('address_forbidden', pointer, reason);
}

/** What a request of an owner would do and cost, on the terms of that owner. Throws what is wrong with it. */
export function planning({ endpoints, pace, probes, limits, terms, webhookFault, vault }: PlanningDeps) {
  const ratesOf = measuredRates(probes);
  return async (owner: string, given: ExplanationRequest): Promise<Planned> => {
    const { request, apiKey } = withoutKey(given);
    const own = terms(owner);
    refuseWebhook(request.webhook, webhookFault);
    refuseForbidden(own, request.endpoint, endpoints, '/endpoint');
    admitCaller(request, endpoints, vault);
    const maxUnits = Math.min(limits.maxUnits, own.maxUnits ?? limits.maxUnits);
    const plan = planFor(request, directoryFor(own, endpoints), { ...limits, maxUnits });
    // what others saw at an address says nothing of how fast a caller's key is served there
    const brought = callerEndpointOf(request) !== null;
    const { name } = plan.endpoint;
    if (brought) return { plan, estimate: estimateOf(plan, null, null), apiKey };
    // asked at once; neither throws
    const [known, rates] = [pace.secondsPerCall(name, plan.model), ratesOf(name, plan.model)];
    return { plan, estimate: estimateOf(plan, await known, await rates), apiKey };
  };
}
