import { type Fields, isFields } from './annotations.ts';

function nameIn(fields: Fields): unknown {
  const { type, name, server_label: server } = fields;
  if (type === 'mcp') return server;
  for (const key of ['function', 'custom']) {
    const inner = fields[key];
    if (isFields(inner)) return inner['name'];
  }
  return name;
}

const DATED = /_\d{4}_\d{2}_\d{2}$/;

/**
 * What a tool, and a `tool_choice` that names it, have in common: `{type, function: {name}}` and `{type, custom: {name}}`
 * of chat, `{type, name}` of responses, `{type: 'mcp', server_label}`, and hosted tools, which have only a type, with or
 * without the date of a version.
 */
export function toolKey(tool: unknown): string {
  if (!isFields(tool)) return '';
  const { type = 'function' } = tool;
  return JSON.stringify([typeof type === 'string' ? type.replace(DATED, '') : type, nameIn(tool) ?? null]);
}

/** Fields of an `allowed_tools` choice, which chat nests and responses does not. */
function allowedIn(choice: Fields): { list: readonly unknown[]; rewrite(list: readonly unknown[]): Fields } | null {
  if (choice['type'] !== 'allowed_tools') return null;
  const inner = choice['allowed_tools'];
  if (isFields(inner) && Array.isArray(inner['tools'])) {
    return { list: inner['tools'], rewrite: (tools) => ({ ...choice, allowed_tools: { ...inner, tools } }) };
  }
  return Array.isArray(choice['tools']) ? { list: choice['tools'], rewrite: (tools) => ({ ...choice, tools }) } : null;
}

/**
 * `tool_choice` for a call that lost tools: a choice that names a lost one becomes 'auto', a list of allowed tools loses
 * it and becomes 'auto' when none is left.
 * @param dropped keys of the tools that went; a key that another tool has too is not among them
 */
export function repairedChoice(choice: unknown, dropped: ReadonlySet<string>): unknown {
  if (!isFields(choice)) return choice;
  const allowed = allowedIn(choice);
  if (!allowed) return dropped.has(toolKey(choice)) ? 'auto' : choice;
  const left = allowed.list.filter((tool) => !dropped.has(toolKey(tool)));
  if (left.length === allowed.list.length) return choice;
  return left.length === 0 ? 'auto' : allowed.rewrite(left);
}
