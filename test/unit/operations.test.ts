import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { variables } from '../../src/config.ts';
import { ROOT } from '../helpers/processes.ts';

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const names = z.record(z.string(), z.string());
const manifest = z
  .object({ scripts: names, dependencies: names, devDependencies: names, optionalDependencies: names })
  .parse(JSON.parse(text('package.json')));

/** The rows of the tables whose first cell is code, by what that code says, with their other cells. */
function rows(markdown: string): Map<string, string[]> {
  const found = [...markdown.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)];
  return new Map(found.map((match) => [match[1] ?? '', (match[2] ?? '').split(' | ')]));
}

const operations = rows(text('docs/operations.md'));
const dependencies = rows(text('docs/decisions/dependencies.md'));

it('docs/operations.md lists every variable with its default, and no other', () => {
  const listed = [...operations].filter(([name]) => /^[A-Z_0-9]+$/.test(name));
  expect(listed.map(([name]) => name).toSorted()).toEqual(Object.keys(variables.shape).toSorted());
  const defaults: Record<string, unknown> = variables.parse({});
  for (const [name, cells] of listed) {
    const shown = cells.at(-1)?.replaceAll('`', '');
    // – is no default; a name is another variable's value.
    if (shown === '–' || shown === 'REDIS_URL') expect([name, defaults[name]]).toEqual([name, undefined]);
    else expect([name, String(defaults[name])]).toEqual([name, shown]);
  }
});

it('docs/operations.md lists every command, and no other', () => {
  const listed = [...operations.keys()].filter((name) => name.startsWith('npm ')).map((name) => name.replace(/^npm (run )?/, ''));
  expect(listed.toSorted()).toEqual(Object.keys(manifest.scripts).toSorted());
});

it('docs/decisions/dependencies.md has a row for every package, with its licence', () => {
  const wanted = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap((kind) => Object.keys(kind));
  expect([...dependencies.keys()].toSorted()).toEqual(wanted.toSorted());
  for (const [name, cells] of dependencies) {
    const path = `node_modules/${name}/package.json`;
    // One of the two Node packages is for another machine.
    const licence = existsSync(join(ROOT, path)) ? z.object({ license: z.string() }).parse(JSON.parse(text(path))).license : 'MIT';
    expect([name, cells[2]]).toEqual([name, licence]);
  }
});

const lockfile = z
  .object({ packages: z.record(z.string(), z.object({ dependencies: names.optional(), optionalDependencies: names.optional() })) })
  .transform(({ packages }) => packages);

/** Dependencies that the lockfile lacks: `npm ci` refuses it for those of other machines, too. Found as Node finds packages, from the inside out. */
function lacking(packages: z.output<typeof lockfile>): string[] {
  const has = (from: string, name: string): boolean => {
    if (`${from}${from === '' ? '' : '/'}node_modules/${name}` in packages) return true;
    return from !== '' && has(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
  };
  return Object.entries(packages).flatMap(([path, { dependencies: always, optionalDependencies: sometimes }]) =>
    Object.keys({ ...always, ...sometimes }).filter((name) => !has(path, name)).map((name) => `${path} → ${name}`),
  );
}

it('package-lock.json is complete, so that `npm ci` takes it in a fresh clone', () => {
  expect(lacking(lockfile.parse(JSON.parse(text('package-lock.json'))))).toEqual([]);
});

it('an incomplete lockfile is seen', () => {
  const packages = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { dependencies: { b: '1', c: '1' }, optionalDependencies: { '@a/linux': '1', '@a/darwin': '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1', d: '1' } },
    'node_modules/c': {},
    'node_modules/@a/linux': {},
  };
  expect(lacking(lockfile.parse({ packages }))).toEqual(['node_modules/a → @a/darwin', 'node_modules/a/node_modules/b → d']);
});
