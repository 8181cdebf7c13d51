import { repairedChoice, toolKey } from './choice.ts';
import { type Piece, isPresent } from './passage.ts';
import type { Call, Mask } from './types.ts';

/**
 * The tools of a call, ready to be rendered under many masks. A tool has no text that something could stand for, so an
 * absent one is left out; without any tool the fields that only go with tools go too.
 * @param tools  the list without annotations
 * @param pieces by position in the list; without one a tool is never taken away
 */
export function createTools(
  tools: readonly unknown[],
  pieces: ReadonlyMap<number, Piece | undefined>,
): (call: Call, mask: Mask) => Call {
  const keys = tools.map(toolKey);
  return (call, mask) => {
    const left: unknown[] = [];
    const kept = new Set<string>();
    const dropped = new Set<string>();
    for (const [i, tool] of tools.entries()) {
      const piece = pieces.get(i);
      const key = keys[i] ?? '';
      if (piece && !isPresent(piece, mask)) {
        dropped.add(key);
        continue;
      }
      left.push(tool);
      kept.add(key);
    }
    if (dropped.size === 0) return call;
    if (left.length === 0) {
      const { tools: _, tool_choice: __, parallel_tool_calls: ___, max_tool_calls: ____, ...rest } = call;
      return rest;
    }
    if (!('tool_choice' in call)) return { ...call, tools: left };
    const lost = new Set([...dropped].filter((key) => !kept.has(key)));
    return { ...call, tools: left, tool_choice: repairedChoice(call['tool_choice'], lost) };
  };
}
