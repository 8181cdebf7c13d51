import { modelOf, probeReply, type ProbeReply } from '../contract/probes.ts';
import { ProblemError } from '../errors.ts';
import type { EndpointDirectory, EndpointInfo, Health } from './ports.ts';
import type { Probes } from './shared-ports.ts';
import type { Service } from './service.ts';
import { refuseForbidden, type TermsOf } from './terms.ts';

/** Asking again what nobody could do takes at least until a worker's next beat. */
const NO_WORKER_SECONDS = 5;

interface ProbingDeps {
  probes: Probes;
  endpoints: EndpointDirectory;
  health: Health;
  terms: TermsOf;
}

/** The API role's part in probing: it knows endpoints by name only, and leaves the asking to a worker. */
export function probing({ probes, endpoints, health, terms }: ProbingDeps): Pick<Service, 'probe' | 'readProbe'> {
  const infoOf = (owner: string, name: string): EndpointInfo => {
    refuseForbidden(terms(owner), name, endpoints, null);
    const info = endpoints.list().find((endpoint) => endpoint.name === name);
    if (!info) throw new ProblemError('not_found', `no endpoint is named ${JSON.stringify(name)}`);
    return info;
  };
  return {
    async probe(owner, name, named, milliseconds, signal): Promise<ProbeReply> {
      const model = modelOf(named, infoOf(owner, name));
      if ((await health.workers()) === 0) {
        throw new ProblemError('no_worker', 'no worker was seen within 15 s, and only workers ask endpoints', { retryAfter: NO_WORKER_SECONDS });
      }
      const report = await probes.ask(name, model, milliseconds, signal);
      return report === null ? probeReply(name, model, 'pending', await probes.read(name, model)) : probeReply(name, model, 'done', report);
    },
    async readProbe(owner, name, named): Promise<ProbeReply> {
      const model = modelOf(named, infoOf(owner, name));
      const report = await probes.read(name, model);
      if (report === null) throw new ProblemError('not_found', `${name} was not asked yet what it can do with this model`);
      return probeReply(name, model, 'done', report);
    },
  };
}
