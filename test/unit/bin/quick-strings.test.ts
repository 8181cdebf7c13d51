import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../helpers/processes.ts';

const SCRIPT = `
import { open } from ${JSON.stringify(join(ROOT, 'src/bin/run.ts'))};
import { quickStrings } from ${JSON.stringify(join(ROOT, 'src/bin/quick-strings.ts'))};
const form = () => (%HasFastProperties(String.prototype) ? 'quick' : 'slow');
const before = form();
quickStrings();
process.stdout.write([typeof open, before, form()].join(' '));
process.exit();
`;

it('String.prototype is in its slow form once everything is imported, and in its quick one afterwards', () => {
  const said = execFileSync(process.execPath, ['--allow-natives-syntax', '--input-type=module', '--eval', SCRIPT], { encoding: 'utf8', env: {} });
  // where nothing makes it slow any more, this can go
  expect(said).toBe('function slow quick');
});
