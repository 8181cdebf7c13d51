import { mayBePublic } from '../egress/address.ts';
import { faultAt } from '../errors.ts';
import type { CallerEndpoint, Consultant, Credentials, Endpoints } from '../service/ports.ts';
import { consultantOf } from './consult/index.ts';
import type { Dialect } from './dialects/dialect.ts';
import { type ClosableEndpoint, createEndpoint, type EndpointDeps } from './endpoint.ts';
import { type EndpointSettings, infoOf } from './settings.ts';
import { underName } from './under-name.ts';

/** What the operator lets callers bring, and the limits of each such endpoint. */
export interface CallerPolicy
  extends Pick<EndpointSettings, 'allowPrivateNetwork' | 'concurrency' | 'maxBatch' | 'requestsPerMinute' | 'tokensPerMinute' | 'timeoutSeconds' | 'maxWaitSeconds'> {
  /** null: any. `*.` stands for whatever comes before. */
  hosts: readonly string[] | null;
  allowHttp: boolean;
}

/** Stands in while endpoints of callers are closed, for jobs from before: they are shown and fitted again, never asked. */
const CLOSED: CallerPolicy = {
  hosts: [],
  allowHttp: false,
  allowPrivateNetwork: false,
  concurrency: 8,
  maxBatch: 64,
  requestsPerMinute: null,
  tokensPerMinute: null,
  timeoutSeconds: 120,
};

function isListed(host: string, hosts: readonly string[] | null): boolean {
  return hosts === null || hosts.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
}

type Callers = NonNullable<Endpoints['callers']>;

/** @throws ProblemError endpoint_forbidden, address_forbidden */
function admit({ base_url: baseUrl }: CallerEndpoint, policy: CallerPolicy | null): void {
  if (!policy) throw faultAt('endpoint_forbidden', '/endpoint', 'callers cannot bring endpoints of their own here: name one of GET /v1/endpoints');
  const url = new URL(baseUrl);
  const refuse = (code: 'endpoint_forbidden' | 'address_forbidden', message: string) => faultAt(code, '/endpoint/base_url', message);
  if (url.protocol === 'http:' && !policy.allowHttp) throw refuse('endpoint_forbidden', 'only https is open here');
  if (!isListed(url.hostname, policy.hosts)) throw refuse('endpoint_forbidden', 'this host is not open here');
  if (!policy.allowPrivateNetwork && !mayBePublic(url)) throw refuse('address_forbidden', 'the address is in a private network, which may not be reached from here');
}

/** @throws ProblemError validation_failed */
function dialectOf(given: CallerEndpoint, dialects: readonly Dialect[]): Dialect {
  const dialect = dialects.find(({ id }) => id === given.dialect);
  if (!dialect) throw faultAt('validation_failed', '/endpoint/dialect', `must be one of ${dialects.map(({ id }) => id).join(', ')}`);
  return dialect;
}

function settingsOf(given: CallerEndpoint, policy: CallerPolicy, credentials: Credentials | null): EndpointSettings {
  const name = new URL(given.base_url).host;
  const { hosts: _hosts, allowHttp: _allowHttp, ...limits } = policy;
  return {
    ...limits,
    name,
    baseUrl: given.base_url,
    dialect: given.dialect,
    apiKey: credentials?.api_key ?? null,
    models: [],
    price: given.price && { promptPerMillion: given.price.prompt_per_million, completionPerMillion: given.price.completion_per_million, cachedPerMillion: given.price.cached_per_million },
    embeddingModel: given.embedding_model,
    judge: given.judge_model === null ? null : { endpoint: name, model: given.judge_model },
    ...(credentials ? { scope: `caller:${credentials.scope}`, identity: `caller:${credentials.scope}` } : {}),
  };
}

/** How metrics and traces call all of them. */
const WATCHED_AS = 'caller';

interface Open {
  endpoint: ClosableEndpoint;
  consultant: Consultant;
  /** Jobs that have it open. */
  uses: number;
}

/** Endpoints of callers. Those that jobs have open just now are there once for each owner, address, key and choice of models. */
export function openCallers(policy: CallerPolicy | null, dialects: readonly Dialect[], common: EndpointDeps): Callers {
  const open = new Map<string, Open>();
  const deps = common.watch ? { ...common, watch: underName(WATCHED_AS, common.watch) } : common;
  const create = (given: CallerEndpoint, settings: EndpointSettings): Open => {
    const endpoint = createEndpoint(settings, infoOf(settings, [settings]), dialectOf(given, dialects), deps);
    return { endpoint, consultant: consultantOf(settings, new Map([[settings.name, endpoint]])), uses: 0 };
  };
  const callers: Callers = {
    allowed: policy !== null,
    describe(given) {
      dialectOf(given, dialects);
      const settings = settingsOf(given, policy ?? CLOSED, null);
      return infoOf(settings, [settings]);
    },
    admit: (given) => admit(given, policy),
    open(given, credentials) {
      admit(given, policy);
      const key = JSON.stringify([credentials.scope, given]);
      const opened = open.get(key) ?? create(given, settingsOf(given, policy ?? CLOSED, credentials));
      open.set(key, opened);
      opened.uses += 1;
      const { endpoint, consultant } = opened;
      return {
        callers,
        defaultName: endpoint.info.name,
        list: () => [endpoint.info],
        get: () => endpoint,
        consultant: () => consultant,
        async close() {
          opened.uses -= 1;
          if (opened.uses > 0) return;
          open.delete(key);
          await endpoint.close();
        },
      };
    },
  };
  return callers;
}
