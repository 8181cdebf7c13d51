/*
 * The generated OpenAPI document, without what its generator repeats or adds for itself. Works on any document of
 * version 3.1 and changes no meaning that a client could rely on.
 */

type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

const PREFIX = '#/components/schemas/';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy in which every object has gone through `change`, innermost first. */
function rewrite(value: Json, change: (node: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (!isObject(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, change)])));
}

function isEmpty(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether a keyword of a schema says nothing. */
function isNoise(node: JsonObject, key: string): boolean {
  const value = node[key];
  switch (key) {
    case 'maximum':
    case 'minimum':
      // only that a double holds it exactly
      return typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER;
    case 'pattern':
      return typeof value === 'string' && typeof node['format'] === 'string';
    case 'properties':
      return isEmpty(value) && node['type'] === 'object';
    case 'additionalProperties':
      // beside named properties it says that others may be there, which tools do not take for granted
      return isEmpty(value) && node['type'] === 'object' && (node['properties'] === undefined || isEmpty(node['properties']));
    case 'propertyNames':
      return isObject(value) && value['type'] === 'string' && Object.keys(value).length === 1;
    default:
      return false;
  }
}

/** A choice between a choice and something else is one choice. */
function flatChoice(choices: Json): Json {
  if (!Array.isArray(choices)) return choices;
  return choices.flatMap((choice) => {
    const inner = isObject(choice) && Object.keys(choice).length === 1 ? choice['anyOf'] : undefined;
    return Array.isArray(inner) ? inner : [choice];
  });
}

function withoutNoise(node: JsonObject): JsonObject {
  const kept = Object.entries(node).filter(([key]) => !isNoise(node, key));
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'anyOf' ? flatChoice(value) : value]));
}

/** Replies may gain fields in later releases, so their schemas do not close themselves. */
function open(node: JsonObject): JsonObject {
  const { additionalProperties, ...rest } = node;
  return additionalProperties === false ? rest : node;
}

function namesIn(value: Json, found: Set<string>): void {
  rewrite(value, (node) => {
    const reference = node['$ref'];
    if (typeof reference === 'string' && reference.startsWith(PREFIX)) found.add(reference.slice(PREFIX.length));
    return node;
  });
}

/** Names of the schemas that the roots lead to, through other schemas too. */
function reachable(roots: Json, schemas: JsonObject): Set<string> {
  const found = new Set<string>();
  namesIn(roots, found);
  // a Set that grows while it is walked gives the newcomers too
  for (const name of found) namesIn(schemas[name] ?? null, found);
  return found;
}

function renamed(value: Json, names: ReadonlyMap<string, string>): Json {
  return rewrite(value, (node) => {
    const reference = node['$ref'];
    const name =
      typeof reference === 'string' && reference.startsWith(PREFIX) ? names.get(reference.slice(PREFIX.length)) : undefined;
    return name === undefined ? node : { ...node, $ref: PREFIX + name };
  });
}

/** The text by which a schema of the input side and one of the output side are found equal. */
function comparable(schema: Json | undefined): string {
  return JSON.stringify(schema ?? null).replaceAll('Input"', '"');
}

/** `XInput` becomes `X` where no other `X` is used, or an equal one is. */
function foldedNames(schemas: JsonObject, used: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of used) {
    const plain = name.replace(/Input$/, '');
    if (plain !== name && (!used.has(plain) || comparable(schemas[name]) === comparable(schemas[plain]))) names.set(name, plain);
  }
  return names;
}

/**
 * Folds pairs of input and output schemas that are equal, drops schemas that no operation leads to and bounds that say
 * nothing, and opens the objects of replies. Schemas come out sorted by name.
 */
export function tidyOpenApi(document: JsonObject): JsonObject {
  const { components, ...rest } = rewrite(document, withoutNoise) as JsonObject;
  if (!isObject(components) || !isObject(components['schemas'])) return document;
  const all = components['schemas'];
  const used = reachable(rest, all);
  const schemas = Object.fromEntries(
    [...used].toSorted().map((name) => [name, name.endsWith('Input') ? (all[name] ?? null) : rewrite(all[name] ?? null, open)]),
  );
  const names = foldedNames(schemas, used);
  const kept = Object.entries(schemas)
    .map(([name, schema]) => [names.get(name) ?? name, renamed(schema, names)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...(renamed(rest, names) as JsonObject), components: { ...components, schemas: Object.fromEntries(kept) } };
}
