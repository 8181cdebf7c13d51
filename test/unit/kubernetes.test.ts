import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as operator from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { loadConfig, variables } from '../../src/config.ts';
import { endpointsFileSchema } from '../../src/contract/endpoints-file.ts';
import { ROOT } from '../helpers/processes.ts';
import { readPromql } from '../helpers/promql.ts';

/*
 * The manifests against the API's own schemas, and against the service: no cluster was there to take them.
 */

const FOLDER = join(ROOT, 'deploy/kubernetes');

type Manifest = Record<string, unknown> & { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };
type Kind = new (data: never) => { validate(): void };

/** Where the kinds of an API version are, for their validators and for their types. */
const VERSIONS: Record<string, { module: string; kinds: object }> = {
  v1: { module: 'kubernetes-models/v1', kinds: core },
  'apps/v1': { module: 'kubernetes-models/apps/v1', kinds: apps },
  'policy/v1': { module: 'kubernetes-models/policy/v1', kinds: policy },
  'networking.k8s.io/v1': { module: 'kubernetes-models/networking.k8s.io/v1', kinds: networking },
  'autoscaling/v2': { module: 'kubernetes-models/autoscaling/v2', kinds: autoscaling },
  'keda.sh/v1alpha1': { module: '@kubernetes-models/keda/keda.sh/v1alpha1', kinds: keda },
  'monitoring.coreos.com/v1': { module: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1', kinds: operator },
};

const documentsOf = (file: string) => parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((each) => each.toJS() as Manifest);
const kustomization = z.object({ namespace: z.string(), resources: z.array(z.string()), images: z.array(z.object({ name: z.string(), newTag: z.string() })) }).parse(parse(readFileSync(join(FOLDER, 'kustomization.yml'), 'utf8').replace(/^(apiVersion|kind):.*$/gm, '')));
const manifests = kustomization.resources.flatMap(documentsOf);
const of = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const named = manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const);

/** What the schemas find wrong; they let unknown fields pass. */
function faults(manifest: Manifest): string {
  const Model = (VERSIONS[manifest.apiVersion]?.kinds as Record<string, Kind> | undefined)?.[manifest.kind];
  if (!Model) return `${manifest.apiVersion} ${manifest.kind} is not known`;
  try {
    new Model(manifest as never).validate();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the compiler says to the manifests as literals of their types: it knows every field. */
async function complaints(list: readonly Manifest[]): Promise<string> {
  await mkdir(join(ROOT, 'node_modules/.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'node_modules/.cache/manifests-'));
  try {
    const lines = list.map(({ apiVersion, kind, ...rest }, index) => {
      const module = VERSIONS[apiVersion]?.module ?? '';
      return `import type { I${kind} as I${index} } from '${module}';\nexport const m${index}: I${index} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
    });
    await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
    const compiler = [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--module', 'nodenext', join(folder, 'manifests.ts')];
    return await promisify(execFile)(process.execPath, compiler).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the manifests', () => {
  it('are all taken up, and each file is', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'kustomization.yml');
    expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(new Set(['Namespace', 'ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy', 'ScaledObject', 'HorizontalPodAutoscaler', 'PodMonitor']));
    for (const { kind, metadata } of manifests) if (kind !== 'Namespace') expect([kind, metadata.namespace]).toEqual([kind, kustomization.namespace]);
  });

  it.each(named)('%s is what its schema says', (_, manifest) => {
    expect(faults(manifest)).toBe('');
  });

  it('have no field that their kinds do not know', async () => {
    expect(await complaints(manifests)).toBe('');
  });

  it('would not pass with a value or a field that is wrong', async () => {
    const [budget] = of('PodDisruptionBudget') as [Manifest];
    expect(faults({ ...budget, spec: { maxUnavailable: ['1'] } })).not.toBe('');
    expect(faults({ ...budget, kind: 'Nothing' })).not.toBe('');
    expect(await complaints([{ ...budget, spec: { maxUnavalable: 1 } }])).toContain('maxUnavalable');
  });
});

const container = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.object({ secretKeyRef: z.looseObject({ name: z.string(), key: z.string() }) }).optional() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  securityContext: z.object({ allowPrivilegeEscalation: z.literal(false), readOnlyRootFilesystem: z.literal(true), capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }) }),
  ...Object.fromEntries(['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => [name, z.looseObject({ httpGet: z.object({ path: z.enum(['/healthz', '/readyz']), port: z.string() }) })])),
});
const pod = z.looseObject({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }),
  containers: z.tuple([container]),
});
const deployment = z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: z.looseObject({ template: z.looseObject({ metadata: z.object({ labels: z.record(z.string(), z.string()) }), spec: pod }) }) });

describe.each(['api', 'worker'])('the %s', (role) => {
  const { spec } = deployment.parse(of('Deployment').find(({ metadata }) => metadata.name === `wherefore-${role}`)).spec.template;
  const [{ env, image, command, ports }] = spec.containers;

  it('runs what the image has, of this version', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    expect(image).toBe(`wherefore:${version}`);
    expect(kustomization.images).toEqual([{ name: 'wherefore', newTag: version }]);
    expect(command).toEqual(['node', `dist/src/bin/${role}.js`]);
  });

  it('gets variables that the service takes, and secrets by reference only', () => {
    const shared = z.record(z.string(), z.string()).parse(of('ConfigMap').find(({ metadata }) => metadata.name === 'wherefore')?.['data']);
    const referred = { REDIS_URL: 'redis://redis', OPERATOR_KEY_SHA256: 'a'.repeat(64), WEBHOOK_SIGNING_KEY: 'b'.repeat(32) };
    const secret = env.flatMap(({ name, valueFrom }) => (valueFrom ? [name] : []));
    expect(secret).toEqual(expect.arrayContaining(['REDIS_URL', 'OPERATOR_KEY_SHA256', 'ENCRYPTION_KEYS', 'WEBHOOK_SIGNING_KEY']));
    const plain = Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
    for (const name of [...Object.keys(shared), ...env.map((one) => one.name)]) expect(Object.keys(variables.shape)).toContain(name);
    const config = loadConfig({ ...shared, ...plain, ...referred });
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(config.SHUTDOWN_SECONDS);
    expect(ports.map(({ containerPort }) => containerPort)).toEqual([role === 'api' ? config.PORT : config.WORKER_METRICS_PORT]);
  });
});

describe('what belongs together', () => {
  it('finds its pods, ports and targets', () => {
    const deployments = of('Deployment').map((manifest) => deployment.parse(manifest));
    const labels = deployments.map(({ spec }) => spec.template.metadata.labels);
    const selectors = [...of('PodDisruptionBudget'), ...of('PodMonitor')].map((manifest) => (manifest['spec'] as { selector: { matchLabels: Record<string, string> } }).selector.matchLabels);
    selectors.push(...of('NetworkPolicy').map((manifest) => (manifest['spec'] as { podSelector: { matchLabels: Record<string, string> } }).podSelector.matchLabels));
    selectors.push(...of('Service').map((manifest) => (manifest['spec'] as { selector: Record<string, string> }).selector));
    for (const selector of selectors) expect(labels.some((own) => Object.entries(selector).every(([name, value]) => own[name] === value))).toBe(true);
    const scaled = [...of('ScaledObject'), ...of('HorizontalPodAutoscaler')].map((manifest) => (manifest['spec'] as { scaleTargetRef: { name: string } }).scaleTargetRef.name);
    expect(scaled.toSorted()).toEqual(deployments.map(({ metadata }) => metadata.name).toSorted());
  });

  it('scales by queries that are PromQL over metrics of the service', () => {
    const triggers = of('ScaledObject').flatMap((manifest) => (manifest['spec'] as { triggers: { metadata: { query: string } }[] }).triggers);
    expect(triggers.flatMap(({ metadata }) => readPromql(metadata.query).metrics)).toEqual(['wherefore_queue_oldest_seconds', 'wherefore_jobs_open']);
  });

  it('has an example of endpoints that the service takes', () => {
    const file = of('ConfigMap').find(({ metadata }) => metadata.name === 'wherefore-endpoints')?.['data'] as Record<string, string>;
    expect(endpointsFileSchema.safeParse(JSON.parse(file['endpoints.json'] ?? '')).success).toBe(true);
  });
});
