/** The keywords of JSON Schema that make a difference to a type. */
interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
}

const HEAD = `/*
 * The schemas of openapi/openapi.json as types. Written by \`npm run openapi\`: do not edit.
 */
`;

const indent = (text: string) => text.replaceAll('\n', '\n  ');
const union = (types: readonly string[]) => [...new Set(types)].join(' | ');
const property = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const array = (type: string) => (/[ |]/.test(type) && !type.startsWith('{') ? `(${type})[]` : `${type}[]`);
const comment = (text: string | undefined) => (text === undefined ? '' : `/** ${text.replaceAll('*/', '* /')} */\n`);

/** @param open whether an object that does not say so takes more fields: in what is sent, since what may not be sent is refused in so many words */
function objectOf({ properties = {}, required = [], additionalProperties: more }: Schema, open: boolean): string {
  const fields = Object.entries(properties).map(([name, schema]) => `${comment(schema.description)}${property(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema, open)};`);
  const rest = typeof more === 'object' ? typeOf(more, open) : more === false || (more === undefined && fields.length > 0 && !open) ? null : 'unknown';
  if (fields.length === 0) return rest === null ? 'Record<string, never>' : `Record<string, ${rest}>`;
  if (rest !== null) fields.push('[name: string]: unknown;');
  return `{\n  ${indent(fields.join('\n'))}\n}`;
}

function plain(type: string | undefined, schema: Schema, open: boolean): string {
  if (type === 'object') return objectOf(schema, open);
  if (type === 'array') return schema.prefixItems ? `[${schema.prefixItems.map((item) => typeOf(item, open)).join(', ')}]` : array(typeOf(schema.items ?? {}, open));
  if (type === 'integer') return 'number';
  return type ?? 'unknown';
}

/** @throws Error for a reference out of the components */
function named(reference: string): string {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1];
  if (name === undefined) throw new Error(`${reference} is no component`);
  return name;
}

/** Names of the components that a part of the document leads to. */
function reached(part: unknown, components: Record<string, Schema>, found = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return found;
  for (const [key, value] of Object.entries(part)) {
    if (key !== '$ref') reached(value, components, found);
    else if (!found.has(named(String(value)))) reached(components[named(String(value))], components, found.add(named(String(value))));
  }
  return found;
}

function typeOf(schema: Schema, open: boolean): string {
  if (schema.$ref !== undefined) return named(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return union(alternatives.map((one) => typeOf(one, open)));
  return union([schema.type].flat().map((type) => plain(type, schema, open)));
}

/**
 * TypeScript for every named schema of an OpenAPI document. Optional is what a request may leave out; what a reply
 * has is required there.
 */
export function clientTypes(document: string): string {
  const { components, paths } = JSON.parse(document) as { components: { schemas: Record<string, Schema> }; paths: Record<string, Record<string, { requestBody?: unknown }>> };
  const bodies = Object.values(paths).flatMap((path) => Object.values(path).map(({ requestBody }) => requestBody));
  const sent = reached(bodies, components.schemas);
  const types = Object.entries(components.schemas).map(([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema, sent.has(name))};\n`);
  return [HEAD, ...types].join('\n');
}
