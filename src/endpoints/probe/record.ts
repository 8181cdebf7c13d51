import { z } from 'zod';
import type { CallShape } from '../../core/callshape.ts';
import type { Supports } from '../../service/ports.ts';
import type { ProbeReport } from '../../service/shared-ports.ts';
import { AlignedWeigher } from '../aligned/weigher.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Desk, Weigher } from '../ways/way.ts';
import type { Probed } from './probe.ts';

/** Grows with every change of what is asked or how it is read, so that findings of another release are not believed. */
const PROBE_VERSION = 6;

const opening = z.object({ top: z.int(), length: z.enum(['max_tokens', 'max_completion_tokens', 'max_output_tokens']), tokens: z.int() }).nullable();

const recipe = z.array(z.object({ way: z.string(), recipe: z.unknown() }));

/** What processes tell one another. `supports` is opaque here but for what the service cannot do without. */
const recordSchema = z.object({
  version: z.literal(PROBE_VERSION),
  /** Endpoint and dialect: one name may stand for another server by now. */
  of: z.string(),
  report: z.looseObject({
    endpoint: z.string(),
    model: z.string(),
    supports: z.looseObject({ chat: z.string().nullable(), completion: z.string().nullable(), responses: z.string().nullable(), lists: z.boolean(), notes: z.array(z.string()) }),
    probedAt: z.string(),
    httpRequests: z.int(),
    certain: z.boolean(),
    more: z.object({ embeddings: z.boolean().nullable(), prefixCache: z.boolean().nullable() }).nullable(),
  }),
  recipes: z.object({
    weighers: z.object({ chat: recipe, completion: recipe, responses: recipe }),
    opening: z.object({ chat: opening, completion: opening, responses: opening }),
    aligned: z.object({ chat: z.boolean(), completion: z.boolean(), responses: z.boolean() }),
  }),
});

/** A finding with its report, whoever found it. */
export interface Finding {
  probed: Probed;
  report: ProbeReport;
}

/** The JSON text of a finding. Where another process could not make its weighers it holds the report alone. */
export function writeRecord({ probed, report }: Finding, of: string): string {
  return JSON.stringify({ version: PROBE_VERSION, of, report, recipes: probed.recipes });
}

/** null for what is no record, or of another release, server, dialect or way. */
export function readRecord(json: string | null, of: string, dialect: Dialect, desk: Desk): Finding | null {
  const found = recordSchema.safeParse(parsed(json));
  if (!found.success || found.data.of !== of) return null;
  const { report, recipes } = found.data;
  const weighers: Record<CallShape, Weigher[]> = { chat: [], completion: [], responses: [] };
  for (const shape of ['chat', 'completion'] as const) {
    for (const kept of recipes.weighers[shape]) {
      const weigher = dialect[shape].find(({ id }) => id === kept.way)?.revive?.(desk, kept.recipe);
      if (!weigher) return null;
      weighers[shape].push(weigher);
    }
  }
  for (const shape of ['chat', 'completion', 'responses'] as const) {
    const form = recipes.opening[shape];
    if (form && recipes.aligned[shape]) weighers[shape].push(new AlignedWeigher(desk, form));
  }
  // the schema holds what is needed of it; the rest is as the release of this version wrote it
  const supports = report.supports as unknown as Supports;
  return { probed: { supports, weighers, opening: recipes.opening, certain: report.certain, recipes }, report: { ...report, supports } };
}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
}
