import { ProblemError } from '../errors.ts';
import type { EndpointDirectory } from './ports.ts';

/** On what terms an owner uses the service; null = what holds for all. */
export interface Terms {
  /** Endpoints that may be named. */
  endpoints: readonly string[] | null;
  /** Explanations under way at once. */
  maxOpen: number | null;
  maxUnits: number | null;
  maxBodyBytes: number | null;
  /** Of a batch's body. */
  maxBatchBytes: number | null;
  requestsPerMinute: number | null;
  explanationsPerMinute: number | null;
}

/** Nothing but what holds for all. */
export const NO_TERMS: Terms = { endpoints: null, maxOpen: null, maxUnits: null, maxBodyBytes: null, maxBatchBytes: null, requestsPerMinute: null, explanationsPerMinute: null };

/** The terms of an owner as of now: they may change while the service runs. */
export type TermsOf = (owner: string) => Terms;

/** What of the endpoints is there for an owner: with fewer of them, the default is the first one where it is not among them. */
export function directoryFor({ endpoints }: Terms, all: EndpointDirectory): EndpointDirectory {
  if (endpoints === null) return all;
  const list = all.list().filter(({ name }) => endpoints.includes(name));
  // an owner who may name some endpoints only may not bring others
  const usual = list.find(({ name }) => name === all.defaultName) ?? list[0];
  return { defaultName: usual?.name ?? '', list: () => list };
}

/** @throws ProblemError endpoint_forbidden where the endpoint is there, but not for this owner */
export function refuseForbidden(terms: Terms, named: string | object | undefined, all: EndpointDirectory, pointer: string | null): void {
  const { endpoints } = terms;
  if (endpoints === null) return;
  const fault = (detail: string) => new ProblemError('endpoint_forbidden', detail, pointer === null ? {} : { faults: [{ pointer, message: detail }] });
  if (named === undefined && directoryFor(terms, all).list().length === 0) throw fault('no endpoint is open to this caller');
  if (typeof named === 'object') throw fault('callers who may name some endpoints only cannot bring their own');
  const there = named !== undefined && all.list().some(({ name }) => name === named);
  if (there && !endpoints.includes(named)) throw fault(`the endpoint ${named} is not open to this caller`);
}
