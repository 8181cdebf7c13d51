import { canonicalText } from './canonical.ts';
import { jsonDocument, jsonDocuments, valueSpan, type JsonDocument } from './jsonspans.ts';
import { compactJson } from './jsontext.ts';
import type { Completion, Span, ToolCall } from './types.ts';

/**
 * The text of an answer that is nothing but tool calls: one line of JSON per call, `{"name":…,"arguments":…}`. Arguments
 * that are JSON stand as JSON, without the whitespace between tokens; others as a JSON string.
 */
export function toolCallsText(calls: readonly ToolCall[]): string {
  const inlined = (text: string): string => compactJson(text) ?? JSON.stringify(text);
  return calls.map((call) => `{"name":${JSON.stringify(call.name)},"arguments":${inlined(call.arguments)}}`).join('\n');
}

/** The value as the model wrote it; `span` says where completion.text holds it, null when it stands only in the tool calls. */
export interface ToolValue {
  text: string;
  span: Span | null;
}

function inCalls(calls: readonly ToolCall[], name: string, tokens: readonly string[]): string | null {
  for (const call of calls) {
    if (call.name !== name) continue;
    if (tokens.length === 0) return call.arguments;
    const document = jsonDocument(call.arguments);
    const span = document && valueSpan(document, tokens);
    if (span) return call.arguments.slice(span.start, span.end);
  }
  return null;
}

function isCallOf(document: JsonDocument, text: string, name: string): boolean {
  const span = valueSpan(document, ['name']);
  return span !== null && canonicalText(text.slice(span.start, span.end)) === name;
}

/** Calls written out in the text, as `{"name":…,"arguments":…}`. */
function inText(text: string, name: string, tokens: readonly string[]): Span[] {
  return jsonDocuments(text)
    .filter((document) => isCallOf(document, text, name))
    .map((document) => valueSpan(document, ['arguments', ...tokens]))
    .filter((span) => span !== null);
}

/**
 * The arguments of the first call of `name`, or the value at a pointer inside them (then of the first call that has
 * it). The tool calls decide; the text is where the value is looked up, and stands in for them when there are none.
 */
export function toolValue(completion: Completion, name: string, tokens: readonly string[]): ToolValue | null {
  const { text, toolCalls } = completion;
  const called = inCalls(toolCalls, name, tokens);
  if (called === null && toolCalls.length > 0) return null;
  const wanted = called === null ? null : canonicalText(called);
  for (const span of inText(text, name, tokens)) {
    const written = text.slice(span.start, span.end);
    if (wanted === null || canonicalText(written) === wanted) return { text: written, span };
  }
  return called === null ? null : { text: called, span: null };
}

/** Names of the tools that an answer calls, in order; of calls that it wrote into its text when it lists none. */
export function toolNames({ text, toolCalls }: Completion): string[] {
  if (toolCalls.length > 0) return toolCalls.map((call) => call.name);
  return jsonDocuments(text).flatMap((document) => {
    const span = valueSpan(document, ['arguments']) && valueSpan(document, ['name']);
    return span ? [canonicalText(text.slice(span.start, span.end))] : [];
  });
}
