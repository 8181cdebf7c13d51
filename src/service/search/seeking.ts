import type { ExplanationRequest } from '../../contract/request.ts';
import { type SearchOptions, searchApart } from '../../contract/searching.ts';
import { createEditor, type Editor } from '../../core/edits/editor.ts';
import { type Group, groupsOf } from '../../core/edits/groups.ts';
import { infillerById } from '../../core/infillers/index.ts';
import type { Call, Infiller, Search, Unit } from '../../core/types.ts';
import { faultAt } from '../../errors.ts';
import type { Need } from '../need.ts';
import type { EndpointDirectory, EndpointInfo } from '../ports.ts';
import { type AskedInfill, askedFor } from './asked.ts';

/** What a search will do, worked out before a token is spent. */
export interface Seeking extends Omit<SearchOptions, 'infiller'> {
  search: Search;
  searchOptions: unknown;
  infiller: Infiller;
  infillerOptions: unknown;
  /** null: nobody is asked for words. */
  asked: AskedInfill | null;
  groups: readonly Group[];
  editor: Editor;
}

const AT = '/method/options/infiller';

/**
 * The groups and the way of a search.
 * @throws ProblemError nothing_to_explain, validation_failed, unknown_endpoint, unknown_model, target_not_found
 */
export function seekingFor(search: Search, request: ExplanationRequest, call: Call, units: readonly Unit[], job: { endpoint: EndpointInfo; model: string }, directory: EndpointDirectory): Seeking {
  if (request.faithfulness) throw faultAt('validation_failed', '/faithfulness', `${search.id} makes no scores that could be checked: every edit that it shows was asked`);
  const { own, infiller: choice, ...around } = searchApart(request.method.options);
  const infiller = infillerById(choice.id);
  const groups = groupsOf(call, units, around.split_k, infiller, choice.options, search.goal === 'keeps');
  if (groups.length === 0) {
    const inList = infiller.stretches ? ': none of the words of its list stands in a text that is not fixed' : '';
    throw faultAt('nothing_to_explain', infiller.stretches ? AT : '/call', `there are no words to edit${inList}`);
  }
  const asks = infiller.asks?.(choice.options);
  return {
    ...around,
    search,
    searchOptions: own,
    infiller,
    infillerOptions: choice.options,
    asked: asks ? askedFor(asks, job, directory, `${AT}/options`) : null,
    groups,
    editor: createEditor(call, groups),
  };
}

/** What a search asks for: as many calls as it may try, and none to check scores by. */
export function searchNeed({ search, groups, max_evaluations: most }: Seeking): Need {
  return { method: search.id, units: groups.length, mostUnits: groups.length, most: (room) => Math.min(most, room), least: () => 1, unchecked: true };
}
