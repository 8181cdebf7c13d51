import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { variables } from '../../src/config.ts';
import { apiKeysSchema } from '../../src/contract/api-keys.ts';
import { endpointsFileSchema } from '../../src/contract/endpoints-file.ts';
import { copied, instructions, isIgnored } from '../helpers/dockerfile.ts';
import { ROOT } from '../helpers/processes.ts';

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const json = (path: string): unknown => JSON.parse(text(path));
const inProject = (path: string) => existsSync(join(ROOT, path));

/** dist/src/bin/api.js → src/bin/api.ts */
const builtFrom = (path: string) => path.replace(/^dist\//, '').replace(/\.js$/, '.ts');

/** A tag that says which version, for `FROM` and `image:`; a variable counts by its default. */
function tagOf(image: string): string | undefined {
  const name = image.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  return /:([\w.-]+)$/.exec(name)?.[1];
}

describe('Dockerfile', () => {
  const list = instructions(text('Dockerfile'));
  const of = (name: string) => list.filter((each) => each.name === name);
  const stage = list.slice(list.findLastIndex((each) => each.name === 'FROM'));
  const last = (name: string) => stage.findLast((each) => each.name === name)?.rest ?? '';
  const ignore = text('.dockerignore');

  it('names the version of what it starts from, the same in each stage', () => {
    const images = of('FROM').map(({ rest }) => rest.split(' ')[0] ?? '');
    expect(images).toEqual(['node:24-slim', 'node:24-slim']);
  });

  it('copies what is there and what .dockerignore lets through, or what the build made', () => {
    for (const { from, sources } of of('COPY').map(copied)) {
      for (const source of sources) {
        if (from !== null) expect([from, source]).toEqual(['build', '/app/dist']);
        else expect({ source, there: inProject(source), ignored: isIgnored(ignore, source) }).toEqual({ source, there: true, ignored: false });
      }
    }
    expect(of('RUN').some(({ rest }) => rest === 'npm run build')).toBe(true);
    const build = json('tsconfig.build.json') as { compilerOptions: { outDir: string }; include: string[] };
    expect(build.compilerOptions.outDir).toBe('dist');
    for (const folder of build.include) expect(of('COPY').flatMap((each) => copied(each).sources)).toContain(folder);
  });

  it('leaves out of the context what does not belong into an image', () => {
    for (const path of ['.git/config', '.env', '.data/redis/redis.pid', 'node_modules/zod', 'test/unit', 'deploy/api-keys.json', 'demo/model/model.gguf', 'demo/model/train.py']) {
      expect([path, isIgnored(ignore, path)]).toEqual([path, true]);
    }
    for (const path of ['src/bin/api.ts', 'demo/server.ts', 'demo/routes/about.ts', 'demo/model/config.json', 'demo/model/tokenizer.json', 'demo/model/model.safetensors']) {
      expect([path, isIgnored(ignore, path)]).toEqual([path, false]);
      expect([path, inProject(path)]).toEqual([path, true]);
    }
  });

  it('runs production packages as a user without rights', () => {
    expect(stage.some(({ rest }) => rest.includes('npm ci --omit=dev --omit=optional'))).toBe(true);
    expect(last('USER')).toBe('node');
    expect(stage.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(stage.findLastIndex(({ name }) => name === 'RUN'));
  });

  it('starts an entry that the build makes, beside the model, and asks it whether it is well', () => {
    const command = z.array(z.string()).parse(JSON.parse(last('CMD')));
    expect(command[0]).toBe('node');
    expect(inProject(builtFrom(command[1] ?? ''))).toBe(true);
    expect(of('COPY').map(copied)).toContainEqual({ from: null, sources: ['demo/model'], target: './dist/demo/model' });
    const check = z.array(z.string()).parse(JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, '')));
    expect(check.slice(0, 2)).toEqual(['node', '-e']);
    expect(check[2]).toContain('/healthz');
    expect(() => new Script(check[2] ?? '')).not.toThrow();
  });

  it('listens to others, and so makes the service ask for API keys', () => {
    expect(last('ENV')).toContain('HOST=0.0.0.0');
    expect(text('Dockerfile')).toContain('API_KEYS_FILE');
  });
});

describe('docker-compose.yml', () => {
  const environment = z.record(z.string(), z.string());
  const service = z.object({
    image: z.string(),
    build: z.string().optional(),
    container_name: z.string().optional(),
    command: z.array(z.string()).optional(),
    environment: environment.default({}),
    ports: z.array(z.string()).default([]),
    volumes: z.array(z.string()).default([]),
    secrets: z.array(z.string()).default([]),
    profiles: z.array(z.string()).default([]),
    env_file: z.array(z.object({ path: z.string(), required: z.boolean() })).default([]),
    depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    healthcheck: z.looseObject({ disable: z.boolean().default(false), test: z.array(z.string()).default([]) }).optional(),
    read_only: z.boolean().default(false),
    stop_grace_period: z.string().optional(),
  });
  const { services, secrets, volumes } = z
    .object({
      services: z.record(z.string(), z.looseObject(service.shape)),
      secrets: z.record(z.string(), z.object({ file: z.string() })),
      volumes: z.record(z.string(), z.null()),
    })
    .parse(parse(text('docker-compose.yml'), { merge: true }));
  const get = (name: string) => service.parse(services[name]);

  it('has Redis, the two roles, and llama.cpp for whoever asks for it', () => {
    expect(Object.keys(services)).toEqual(['redis', 'api', 'worker', 'llama']);
    expect(Object.keys(services).map((name) => get(name).profiles)).toEqual([[], [], [], ['llama']]);
  });

  it('says which version of every image', () => {
    for (const name of Object.keys(services)) {
      const tag = tagOf(get(name).image);
      expect(tag).toBeDefined();
      expect(tag).not.toBe('latest');
    }
    const { version } = z.object({ version: z.string() }).parse(json('package.json'));
    expect([get('api').image, get('worker').image]).toEqual([`wherefore:${version}`, `wherefore:${version}`]);
  });

  it('keeps what Redis knows, evicts nothing, and waits until it answers', () => {
    const redis = get('redis');
    const command = redis.command?.join(' ');
    for (const option of ['--appendonly yes', '--appendfsync everysec', '--maxmemory-policy noeviction']) expect(command).toContain(option);
    expect(redis.volumes).toEqual(['redis-data:/data']);
    expect(volumes).toHaveProperty('redis-data');
    expect(redis.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
    for (const name of ['api', 'worker']) expect(get(name).depends_on).toEqual({ redis: { condition: 'service_healthy' } });
  });

  it('publishes nothing beyond this machine', () => {
    const ports = Object.keys(services).flatMap((name) => get(name).ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('can run any number of workers', () => {
    const worker = get('worker');
    // A name or a port of this machine can be had only once.
    expect([worker.container_name, worker.ports]).toEqual([undefined, []]);
    expect(worker.healthcheck?.disable).toBe(true);
    expect(inProject(builtFrom(worker.command?.[1] ?? ''))).toBe(true);
    expect(worker.command).toEqual(['node', 'dist/src/bin/worker.js']);
  });

  it('sets variables that the service knows, to values that it takes, in both roles', () => {
    for (const name of ['api', 'worker']) {
      const set = get(name).environment;
      expect(Object.keys(variables.shape)).toEqual(expect.arrayContaining(Object.keys(set)));
      const resolved = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]));
      expect(variables.safeParse(resolved).success).toBe(true);
      expect(resolved['REDIS_URL']).toBe('redis://redis:6379');
    }
    // The image listens to others. A worker does not, and would else be asked for API keys.
    expect(get('worker').environment['HOST']).toBe('127.0.0.1');
    expect(get('api').environment['API_KEYS_FILE']).toBe('/run/secrets/api_keys');
    expect(get('api').secrets).toEqual(['api_keys']);
    expect(secrets['api_keys']?.file).toContain('deploy/api-keys.json');
  });

  it('gives the service the time that it takes to end in order', () => {
    const own = variables.parse({}).SHUTDOWN_SECONDS;
    for (const name of ['api', 'worker']) expect(Number.parseInt(get(name).stop_grace_period ?? '0', 10)).toBeGreaterThan(own);
  });

  it('gives each slot of llama.cpp a cache of its own', () => {
    const { command = [], volumes: mounts } = get('llama');
    expect(command).toContain('--no-kv-unified');
    expect(Number(command[command.indexOf('-np') + 1])).toBeGreaterThan(0);
    expect(mounts).toEqual(['${LLAMA_MODELS:-./deploy/models}:/models:ro']);
    const endpoints = endpointsFileSchema.parse(json('deploy/endpoints.llama.json'));
    expect(endpoints.endpoints.map((each) => each.base_url)).toEqual([`http://llama:${command[command.indexOf('--port') + 1]}/v1`]);
    expect(endpoints.endpoints[0]?.models).toEqual([command[command.indexOf('--alias') + 1]]);
  });
});

describe('deploy', () => {
  it('holds examples that the service takes, and no keys', () => {
    expect(apiKeysSchema.safeParse(json('deploy/api-keys.example.json')).success).toBe(true);
    expect(readdirSync(join(ROOT, 'deploy')).filter((name) => posix.extname(name) === '.json').sort()).toEqual(expect.arrayContaining(['api-keys.example.json', 'endpoints.llama.json']));
  });
});
