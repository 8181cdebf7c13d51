import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  /** Folder with `key.pem` and `cert.pem`. */
  folder: string;
  /** PEM. */
  key: string;
  cert: string;
  remove: () => Promise<void>;
}

/** A self-signed certificate of today, so that no key lies in the repository. @param names as subjectAltName has them */
export async function makeCertificate(names: string): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-cert-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, '-out', certFile, '-days', '2', '-subj', '/CN=test', '-addext', `subjectAltName=${names}`]);
  return {
    folder,
    key: await readFile(keyFile, 'utf8'),
    cert: await readFile(certFile, 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
