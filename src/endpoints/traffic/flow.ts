import { AsyncLocalStorage } from 'node:async_hooks';
import type { Consultant, Endpoint } from '../../service/ports.ts';
import type { Flow } from '../../service/shared-ports.ts';

/*
 * Whose turn a request counts for goes along with the call itself, so that nothing between an endpoint and its channel
 * has to hand it on.
 */
const flows = new AsyncLocalStorage<Flow>();

/** What nobody said belongs to anybody, such as a probe. */
const NOBODY: Flow = { owner: '', job: {} };

/** Of the call that this is part of. */
export function currentFlow(): Flow {
  return flows.getStore() ?? NOBODY;
}

/** The endpoint, every request of which belongs to the flow. */
export function inFlow(endpoint: Endpoint, flow: Flow): Endpoint {
  return {
    info: endpoint.info,
    identity: endpoint.identity,
    as: (other) => inFlow(endpoint, other),
    supports: (...asked) => flows.run(flow, () => endpoint.supports(...asked)),
    probe: (...asked) => flows.run(flow, () => endpoint.probe(...asked)),
    generate: (...asked) => flows.run(flow, () => endpoint.generate(...asked)),
    grid: (...asked) => flows.run(flow, () => endpoint.grid(...asked)),
    open: (...asked) => flows.run(flow, () => endpoint.open(...asked)),
    propose: (...asked) => flows.run(flow, () => endpoint.propose(...asked)),
    weigh: (...asked) => flows.run(flow, () => endpoint.weigh(...asked)),
  };
}

/** The consultant, every request of which belongs to the flow, whichever endpoint it goes to. */
export function consultantInFlow(consultant: Consultant, flow: Flow): Consultant {
  return {
    ...consultant,
    as: (other) => consultantInFlow(consultant, other),
    ask: (...asked) => flows.run(flow, () => consultant.ask(...asked)),
  };
}
