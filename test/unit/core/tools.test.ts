import { describe, expect, it } from 'vitest';
import { drop } from '../../../src/core/perturbers/drop.ts';
import { perturbationOf } from '../../../src/core/perturbation.ts';
import { createRenderer } from '../../../src/core/render.ts';
import type { Call } from '../../../src/core/types.ts';
import { unitsOf } from '../../../src/core/units.ts';

const whole = (tool: object): object => ({ ...tool, explain: 'whole' });
const chat = (name: string): object => ({ type: 'function', function: { name } });
const plain = (name: string): object => ({ type: 'function', name });

/** The call without the tools at some positions. */
function without(call: Call, ...dropped: number[]): Call {
  const units = unitsOf(call, () => [], 'word');
  const { n, render } = createRenderer(call, units, perturbationOf(drop, units, drop.options.parse({})));
  return render(Uint8Array.from({ length: n }, (_, i) => (dropped.includes(i) ? 0 : 1)));
}

const chosen = (tools: object[], choice: unknown, ...dropped: number[]): unknown =>
  without({ tools: tools.map(whole), tool_choice: choice }, ...dropped)['tool_choice'];

it('a dropped tool leaves the list, the others stay as they were', () => {
  const tools = [whole(chat('f')), { ...chat('g'), label: 'second' }, whole(chat('h'))];
  expect(without({ tools, model: 'm' }, 0)).toEqual({ tools: [chat('g'), chat('h')], model: 'm' });
});

it('without any tool the fields go that only go with tools', () => {
  const call = { tools: [whole(chat('f'))], tool_choice: 'required', parallel_tool_calls: false, model: 'm' };
  expect(without(call, 0)).toEqual({ model: 'm' });
  expect(without(call)).toEqual({ ...call, tools: [chat('f')] });
});

describe('tool_choice', () => {
  it.each(['auto', 'none', 'required'])('the word %s stays', (choice) => {
    expect(chosen([chat('f'), chat('g')], choice, 0)).toBe(choice);
  });

  it.each([
    ['chat', [chat('f'), chat('g')], chat('f')],
    ['responses', [plain('f'), plain('g')], plain('f')],
    ['chat, custom', [{ type: 'custom', custom: { name: 'f' } }, chat('f')], { type: 'custom', custom: { name: 'f' } }],
    ['a hosted tool', [{ type: 'file_search', vector_store_ids: ['v'] }, plain('g')], { type: 'file_search' }],
    ['a server', [{ type: 'mcp', server_label: 's' }, plain('g')], { type: 'mcp', server_label: 's', name: 'x' }],
  ])('%s: naming a dropped tool becomes auto, naming another stays', (_, tools, choice) => {
    expect(chosen(tools, choice, 0)).toBe('auto');
    expect(chosen(tools, choice, 1)).toEqual(choice);
    expect(chosen(tools, choice)).toEqual(choice);
  });

  it('a name that another tool has too still names one', () => {
    expect(chosen([chat('f'), chat('f')], chat('f'), 0)).toEqual(chat('f'));
  });

  it.each([
    ['chat', chat, (tools: object[]) => ({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools } })],
    ['responses', plain, (tools: object[]) => ({ type: 'allowed_tools', mode: 'auto', tools })],
  ])('%s: a list of allowed tools loses the dropped ones, and becomes auto when none is left', (_, tool, choice) => {
    const tools = ['f', 'g', 'h'].map(tool);
    const allowed = choice(['f', 'g'].map(tool));
    expect(chosen(tools, allowed, 0)).toEqual(choice([tool('g')]));
    expect(chosen(tools, allowed, 2)).toEqual(allowed);
    expect(chosen(tools, allowed, 0, 1)).toBe('auto');
  });
});
