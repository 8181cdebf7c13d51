import { readFile, writeFile } from 'node:fs/promises';
import { openapiDocument } from '../api/openapi-document.ts';
import { clientTypes } from './client-types.ts';

/*
 * Writes openapi/openapi.json and the client's types, or with --check says whether they are what the routes say now (exit
 * code 1 when not).
 */

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
const document = await openapiDocument(version);
const files = { 'openapi/openapi.json': document, 'clients/typescript/src/schema.ts': clientTypes(document) };

for (const [name, text] of Object.entries(files)) {
  const file = new URL(`../../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    process.stdout.write(`wrote ${name} (${text.length} characters)\n`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) === text) {
    process.stdout.write(`${name} is up to date\n`);
  } else {
    process.stderr.write(`${name} is stale: run \`npm run openapi\` and commit the result\n`);
    process.exitCode = 1;
  }
}
