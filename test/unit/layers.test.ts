import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsUnknown, resolved, type Source, specifiers } from '../helpers/imports.ts';
import { ROOT } from '../helpers/processes.ts';
import { projectFiles, read, sources } from '../helpers/tree.ts';

/** What each layer may import of the project (a folder or a file of src), of packages, and of Node. AGENTS.md has it in words. */
interface Layer {
  own: readonly string[];
  packages: readonly string[];
  node: readonly string[] | 'any';
}

const LAYERS: Readonly<Record<string, Layer>> = {
  'errors.ts': { own: [], packages: [], node: [] },
  'wording.ts': { own: [], packages: ['zod'], node: [] },
  'config.ts': { own: ['errors.ts', 'wording.ts'], packages: ['zod'], node: [] },
  core: {
    own: ['core', 'errors.ts'],
    packages: ['@orama/stemmers', 'compromise', 'zod', 'ml-matrix', 'jsonc-parser', 're2js'],
    node: [],
  },
  contract: { own: ['contract', 'core', 'errors.ts'], packages: ['zod'], node: [] },
  // Hashing is pure. Everything else of Node is the outside, which the service meets in ports.ts only.
  service: { own: ['service', 'core', 'contract', 'egress/address.ts', 'errors.ts'], packages: ['ulid'], node: ['node:crypto'] },
  egress: { own: ['egress'], packages: ['ipaddr.js', 'undici'], node: 'any' },
  endpoints: { own: ['endpoints', 'egress', 'core', 'service/ports.ts', 'service/shared-ports.ts', 'service/meter.ts', 'errors.ts'], packages: ['openai', 'zod'], node: 'any' },
  store: { own: ['store', 'contract', 'core', 'service/ports.ts', 'service/shared-ports.ts', 'service/batch-ports.ts', 'service/webhook-ports.ts', 'service/rates.ts', 'errors.ts'], packages: ['bullmq', 'ioredis', 'rate-limiter-flexible'], node: 'any' },
  webhooks: { own: ['webhooks', 'egress', 'contract/webhooks.ts', 'service/webhook-ports.ts'], packages: ['standardwebhooks'], node: ['node:crypto'] },
  telemetry: {
    own: ['telemetry', 'service/ports.ts', 'service/meter.ts'],
    packages: [
      'prom-client',
      'bullmq-otel',
      'bullmq',
      ...['api', 'context-async-hooks', 'core', 'exporter-trace-otlp-http', 'resources', 'sdk-trace'].map((name) => `@opentelemetry/${name}`),
    ],
    node: ['node:async_hooks'],
  },
  worker: { own: ['worker', 'contract', 'service', 'core/types.ts', 'errors.ts'], packages: ['bullmq'], node: [] },
  api: {
    own: ['api', 'contract', 'service', 'core', 'errors.ts', 'wording.ts'],
    packages: ['fastify', 'fastify-type-provider-zod', '@fastify/cors', 'helmet', '@fastify/swagger', '@fastify/swagger-ui', 'openapi-types', 'zod', 'prom-client', 'jsonc-parser'],
    node: 'any',
  },
};

/** The composition roots, which join everything. */
const ROOTS = 'bin';

function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function isWithin(path: string, part: string): boolean {
  return path === `src/${part}` || path.startsWith(`src/${part}/`);
}

function mayImport(layer: Layer, target: string): boolean {
  if (target.startsWith('node:')) return layer.node === 'any' || layer.node.includes(target);
  if (target.startsWith('src/')) return layer.own.some((part) => isWithin(target, part));
  return layer.packages.includes(target);
}

/** One line per import that the table forbids. */
function trespasses(source: Source): string[] {
  const name = layerOf(source.path);
  const layer = LAYERS[name];
  const targets = specifiers(source).map((specifier) => resolved(source, specifier));
  if (name === ROOTS) return targets.filter((target) => /^(test|bench|scripts)\//.test(target)).map((target) => `${source.path} → ${target}`);
  if (layer === undefined) return [`${source.path} is in no layer`];
  const unknown = importsUnknown(source) ? [`${source.path} imports what only a run can tell`] : [];
  return [...unknown, ...targets.filter((target) => !mayImport(layer, target)).map((target) => `${source.path} → ${target}`)];
}

const readsEnvironment = ({ text }: Source) => /\bprocess\s*(\??\.\s*env\b|\[\s*['"`]env)|\benv\b[^;]*\}\s*=\s*process\b|from\s+['"](node:)?process['"]/.test(text);
const printsToConsole = ({ text }: Source) => /\bconsole\s*\??\.\s*\w/.test(text);
const lines = ({ text }: Source) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const src = sources(['src'], /\.ts$/);
const code = sources(['src', 'demo', 'bench', 'scripts', 'test'], /\.(ts|mjs)$/);

describe('the layers', () => {
  it.each(src.map((source) => [source.path, source] as const))('%s imports what its layer may', (_, source) => {
    expect(trespasses(source)).toEqual([]);
  });

  it('the demo imports nothing of src, and the scripts only built-ins and one another', () => {
    const strays = code.flatMap((source) => {
      const targets = specifiers(source).map((specifier) => resolved(source, specifier));
      if (source.path.startsWith('demo/')) return targets.filter((target) => target.startsWith('src/')).map((target) => `${source.path} → ${target}`);
      if (source.path.startsWith('scripts/')) return targets.filter((target) => !/^(node:|scripts\/)/.test(target)).map((target) => `${source.path} → ${target}`);
      return [];
    });
    expect(strays).toEqual([]);
  });

  it.each([
    [`import { a } from './b.ts';`, 'src/core/a.ts', []],
    [`import type { FastifyInstance } from 'fastify';`, 'src/core/a.ts', ['fastify']],
    [`import {\n  a,\n  b,\n} from '../store/redis.ts';`, 'src/api/a.ts', ['src/store/redis.ts']],
    [`export * from '../../service/explain.ts';`, 'src/endpoints/http/a.ts', ['src/service/explain.ts']],
    [`export type { Supports } from '../../service/ports.ts';`, 'src/endpoints/http/a.ts', []],
    [`import 'bullmq';`, 'src/api/a.ts', ['bullmq']],
    [`const a: typeof import('node:fs') = await import('node:fs');`, 'src/core/a.ts', ['node:fs', 'node:fs']],
    [`import { x } from '../core/methods/index.ts';`, 'src/worker/a.ts', ['src/core/methods/index.ts']],
    [`import { createHash } from 'node:crypto'; import { x } from 'node:fs';`, 'src/service/a.ts', ['node:fs']],
    [`import { serve } from '../../demo/serve.ts';`, 'src/api/a.ts', ['demo/serve.ts']],
    [`import a from '@fastify/swagger/lib/b.js';`, 'src/api/a.ts', []],
    [`// import { a } from 'fastify';\n/* import 'x' */\nconst url = 'https://a.b/c';`, 'src/core/a.ts', []],
  ])('the check sees %j in %s', (text, path, expected) => {
    expect(trespasses({ path, text })).toEqual(expected.map((target) => `${path} → ${target}`));
  });

  it('the check sees files in no layer, and imports of what only a run can tell', () => {
    expect(trespasses({ path: 'src/utils/a.ts', text: '' })).toEqual(['src/utils/a.ts is in no layer']);
    expect(trespasses({ path: 'src/core/a.ts', text: 'await import(name);' })).toHaveLength(1);
    expect(trespasses({ path: 'src/core/a.ts', text: 'await import(`./${name}.ts`);' })).not.toEqual([]);
  });
});

describe('one place for each outside thing', () => {
  it('only config.ts reads the environment', () => {
    expect(src.filter(readsEnvironment).map((source) => source.path)).toEqual(['src/config.ts']);
    expect(['process.env.A', `process['env']`, 'const { env } = process;', `import { env } from 'node:process';`].map((text) => readsEnvironment({ path: '', text }))).toEqual([true, true, true, true]);
  });

  it('nothing prints but the composition roots', () => {
    expect(src.filter((source) => layerOf(source.path) !== ROOTS && printsToConsole(source)).map((source) => source.path)).toEqual([]);
    expect(printsToConsole({ path: '', text: 'console.error(1)' })).toBe(true);
  });
});

describe('sizes', () => {
  it('no file holds more than 250 lines', () => {
    expect(code.filter((source) => lines(source) > 250).map((source) => `${source.path}: ${lines(source)}`)).toEqual([]);
  });

  it('half of the files of src hold at most 80', () => {
    const sorted = src.map(lines).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.info(`src: ${sorted.length} files, median ${median} lines, longest ${sorted.at(-1)}`);
    expect(median).toBeLessThanOrEqual(80);
  });

  it('AGENTS.md stays a page', () => {
    expect(read('AGENTS.md').map(lines)).toEqual([expect.toSatisfy((count: number) => count <= 80)]);
  });
});

describe('folder = registry', () => {
  const act = { methods: 'run', segmenters: 'segment', perturbers: 'replacements', scorers: 'score', searches: 'goal', infillers: 'title' } as const;

  /** A part of the kind: it has an id, options and the kind's one function. */
  const isPart = (value: unknown, verb: string): value is { id: string } =>
    typeof value === 'object' && value !== null && 'id' in value && 'options' in value && verb in value;

  it.each(Object.entries(act))('every part in core/%s is in its index.ts once, and nothing else is', async (folder, verb) => {
    const path = join(ROOT, 'src', 'core', folder);
    const load = async (name: string) => Object.values((await import(pathToFileURL(join(path, name)).href)) as Record<string, unknown>);
    const files = readdirSync(path).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
    const parts = (await Promise.all(files.map(load))).flat().filter((value) => isPart(value, verb));
    const lists = (await load('index.ts')).filter((value): value is unknown[] => Array.isArray(value) && value.some((entry) => isPart(entry, verb)));
    expect(lists).toHaveLength(1);
    expect(parts.length).toBeGreaterThan(0);
    const ids = (list: readonly unknown[]) => list.map((entry) => (isPart(entry, verb) ? entry.id : `no part: ${String(entry)}`)).sort();
    expect(ids(lists[0] ?? [])).toEqual(ids(parts));
    expect(new Set(ids(parts)).size).toBe(parts.length);
  });
});

describe('what a clone brings along', () => {
  // In parts, since this file is searched, too.
  const secret = [['', 'work', ''].join('/'), ...['npmjs.org', 'yarnpkg.com'].map((host) => `registry.${host}`)];
  const own = URL.parse(process.env['npm_config_registry'] ?? '')?.host;

  it('names no path of the machine it was written on and no package registry', () => {
    const words = own === undefined ? secret : [...secret, own];
    const found = projectFiles()
      .flatMap((path) => read(path))
      .filter(({ text }) => !text.includes('\0') && words.some((word) => text.includes(word)))
      .map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it('pins packages without saying where they came from', () => {
    expect(read('package-lock.json').filter(({ text }) => text.includes('"resolved":'))).toEqual([]);
  });
});
