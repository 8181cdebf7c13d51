import { readFile, writeFile } from 'node:fs/promises';
import { openapiDocument } from '../api/openapi-document.ts';

/*
 * Writes openapi/openapi.json, or with --check says whether it is what the routes say now (exit code 1 when not).
 */

const file = new URL('../../openapi/openapi.json', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
const document = await openapiDocument(version);

if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === document) {
    process.stdout.write('openapi/openapi.json is up to date\n');
  } else {
    process.stderr.write('openapi/openapi.json is stale: run `npm run openapi` and commit the result\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, document);
  process.stdout.write(`wrote openapi/openapi.json (${document.length} characters)\n`);
}
