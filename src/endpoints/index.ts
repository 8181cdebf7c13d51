import { ProblemError } from '../errors.ts';
import type { Endpoints } from '../service/ports.ts';
import { type CallerPolicy, openCallers } from './callers.ts';
import { consultantOf } from './consult/index.ts';
import { auto } from './dialects/auto.ts';
import type { Dialect } from './dialects/dialect.ts';
import { gateway } from './dialects/gateway.ts';
import { llamaCpp } from './dialects/llama-cpp.ts';
import { ollama } from './dialects/ollama.ts';
import { openai } from './dialects/openai.ts';
import { sglang } from './dialects/sglang.ts';
import { tgi } from './dialects/tgi.ts';
import { vllm } from './dialects/vllm.ts';
import { createEndpoint, type EndpointDeps } from './endpoint.ts';
import { type EndpointSettings, infoOf } from './settings.ts';

export type { CallerPolicy } from './callers.ts';
export type { EndpointSettings } from './settings.ts';

/** The registry: a new dialect is one file and one line here. */
export const dialects: readonly Dialect[] = [auto, openai, vllm, sglang, llamaCpp, ollama, tgi, gateway];

/**
 * The configured endpoints. Nothing is asked of them until a job needs it.
 * @throws ProblemError validation_failed when the default, a dialect or whoever is consulted does not exist, or a name is there twice
 */
export function createEndpoints(
  settings: { default: string; endpoints: readonly EndpointSettings[]; callers?: CallerPolicy | null },
  deps: EndpointDeps,
): Endpoints & { close(): Promise<void> } {
  const names = settings.endpoints.map((entry) => entry.name);
  if (new Set(names).size !== names.length) throw new ProblemError('validation_failed', 'two endpoints have the same name');
  if (!names.includes(settings.default)) {
    throw new ProblemError('validation_failed', `the default endpoint ${settings.default} is not configured`);
  }
  const byName = new Map(
    settings.endpoints.map((entry) => {
      const dialect = dialects.find(({ id }) => id === entry.dialect);
      if (!dialect) {
        const known = dialects.map(({ id }) => id).join(', ');
        throw new ProblemError(
          'validation_failed',
          `endpoint ${entry.name}: there is no dialect ${entry.dialect}, only ${known}`,
        );
      }
      return [entry.name, createEndpoint(entry, infoOf(entry, settings.endpoints), dialect, deps)] as const;
    }),
  );
  const consultants = new Map(settings.endpoints.map((entry) => [entry.name, consultantOf(entry, byName)] as const));
  return {
    callers: openCallers(settings.callers ?? null, dialects, deps),
    defaultName: settings.default,
    list: () => [...byName.values()].map((endpoint) => endpoint.info),
    get: (name) => byName.get(name),
    consultant: (name) => consultants.get(name),
    close: async () => {
      await Promise.all([...byName.values()].map((endpoint) => endpoint.close()));
    },
  };
}
