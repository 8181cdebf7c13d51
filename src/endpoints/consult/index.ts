import { ProblemError } from '../../errors.ts';
import type { Consultant } from '../../service/ports.ts';
import type { ClosableEndpoint } from '../endpoint.ts';
import type { EndpointSettings } from '../settings.ts';
import { createConsultant } from './consultant.ts';
import type { Counsellor } from './consulted.ts';

/**
 * Who is consulted for the jobs of one endpoint. Requests to a counsellor share the limits and connections of its
 * endpoint with all else that is asked of it.
 * @throws ProblemError validation_failed when an endpoint that is named is not there
 */
export function consultantOf(settings: EndpointSettings, endpoints: ReadonlyMap<string, ClosableEndpoint>): Consultant {
  const counsellor = (name: string, model: string): Counsellor => {
    const endpoint = endpoints.get(name);
    if (!endpoint) throw new ProblemError('validation_failed', `endpoint ${settings.name} consults ${name}, which is not configured`);
    return { desk: endpoint.desk(model), identity: endpoint.identity, price: endpoint.info.price };
  };
  const { name, embeddingModel, nli, judge } = settings;
  return createConsultant({
    embedding: embeddingModel ? counsellor(name, embeddingModel) : null,
    classifier: nli ? { ...counsellor(nli.endpoint, nli.model), settings: nli } : null,
    judge: judge ? counsellor(judge.endpoint, judge.model) : null,
  });
}
