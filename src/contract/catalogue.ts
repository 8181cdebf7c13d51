import { z } from 'zod';
import { infillers } from '../core/infillers/index.ts';
import { perturbers } from '../core/perturbers/index.ts';
import { segmenters } from '../core/segmenters/index.ts';
import { methodChoices } from './asked.ts';
import { scorerChoices } from './part-options.ts';
import type { Part } from './parts.ts';

const entrySchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  options: z.looseObject({}).describe('JSON Schema of the options, defaults included.'),
  defaults: z.looseObject({}).describe('The options when none is given.'),
});

export const catalogueSchema = z.strictObject({
  methods: z.array(entrySchema),
  segmenters: z.array(entrySchema),
  perturbers: z.array(entrySchema),
  scorers: z.array(entrySchema),
  infillers: z.array(entrySchema),
});

export type Catalogue = z.output<typeof catalogueSchema>;

function entry(part: Part): z.output<typeof entrySchema> {
  const { $schema: _, ...options } = z.toJSONSchema(part.options, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  return { id: part.id, title: part.title, options, defaults: part.options.safeParse({}).data as Record<string, unknown> ?? {} };
}

/** Every part of the registries with its options; nothing is listed by hand. */
export function catalogue(): Catalogue {
  return {
    methods: methodChoices.map(entry),
    segmenters: segmenters.map(entry),
    perturbers: perturbers.map(entry),
    scorers: scorerChoices.map(entry),
    infillers: infillers.map(entry),
  };
}
