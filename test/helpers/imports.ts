import { posix } from 'node:path';

/** A source file: its path from the project's root, with slashes, and its text. */
export interface Source {
  path: string;
  text: string;
}

const FORMS = [
  // import … from 'x', export … from 'x', also over several lines
  /(?:^|[;\n])\s*(?:import|export)\b[^;'"`]*?\bfrom\s*(['"])([^'"\n]+)\1/g,
  // import 'x'
  /(?:^|[;\n])\s*import\s*(['"])([^'"\n]+)\1/g,
  // import('x'), typeof import('x')
  /\bimport\s*\(\s*(['"`])([^'"`\n]+)\1\s*[,)]/g,
  // require('x'), require.resolve('x')
  /\brequire(?:\.resolve)?\s*\(\s*(['"`])([^'"`\n]+)\1\s*\)/g,
];

/** What a file imports, types included, as written. */
export function specifiers({ text }: Source): string[] {
  const code = withoutComments(text);
  return FORMS.flatMap((form) => [...code.matchAll(form)].map((match) => match[2] ?? ''));
}

/** Whether a file imports what only a run can tell, so that no table can hold it to anything. */
export function importsUnknown({ text }: Source): boolean {
  return /\bimport\s*\(\s*(?!['"`]|\/\*)/.test(withoutComments(text)) || /\bimport\s*\(\s*`[^`]*\$\{/.test(text);
}

/** A specifier as a path from the project's root ('src/core/types.ts'), a built-in ('node:net'), a package ('@fastify/swagger'), or a path of the machine. */
export function resolved(from: Source, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from.path), specifier);
  if (specifier.startsWith('node:') || specifier.startsWith('/')) return specifier;
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Good enough for finding imports: a string that holds a comment's signs loses its end, never gains an import. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
