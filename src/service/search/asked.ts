import type { Infilling } from '../../core/types.ts';
import { faultAt } from '../../errors.ts';
import type { Flow } from '../shared-ports.ts';
import type { Endpoint, EndpointDirectory, EndpointInfo, Endpoints } from '../ports.ts';

/** Who is asked for words, and for which model. */
export interface AskedInfill {
  endpoint: EndpointInfo;
  model: string;
}

/**
 * Who is asked for words.
 * @param at JSON pointer to the fields `endpoint` and `model`
 * @throws ProblemError unknown_endpoint, unknown_model
 */
export function askedFor(asks: Pick<Infilling, 'endpoint' | 'model'>, job: { endpoint: EndpointInfo; model: string }, directory: EndpointDirectory, at: string): AskedInfill {
  const name = asks.endpoint ?? job.endpoint.name;
  const endpoint = name === job.endpoint.name ? job.endpoint : directory.list().find((each) => each.name === name);
  if (!endpoint) throw faultAt('unknown_endpoint', `${at}/endpoint`, `no endpoint is named ${JSON.stringify(name)}`);
  const model = asks.model ?? (endpoint.name === job.endpoint.name ? job.model : endpoint.models[0]);
  if (model === undefined) throw faultAt('unknown_model', `${at}/model`, `the endpoint ${name} has no default model, so whoever proposes words must be named`);
  if (endpoint.models.length > 0 && !endpoint.models.includes(model)) {
    throw faultAt('unknown_model', `${at}/model`, `the endpoint ${name} offers ${endpoint.models.join(', ')}`);
  }
  return { endpoint, model };
}

/** The endpoint itself, its requests counted as the job's; `own`, which the job asks already, where it is that one. */
export function endpointAsked(asked: AskedInfill | null, own: Endpoint, endpoints: Endpoints, flow: Flow): Endpoint | null {
  if (!asked) return null;
  return asked.endpoint.name === own.info.name ? own : (endpoints.get(asked.endpoint.name)?.as(flow) ?? null);
}
