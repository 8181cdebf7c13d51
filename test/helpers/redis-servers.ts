import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { findRedisBinary } from '../../src/store/embedded-binary.ts';
import { freePort } from './ports.ts';

/*
 * Redis in the forms that operators run it in: a cluster, a primary with a replica and Sentinels, and behind TLS. All on
 * loopback, all ended by the test.
 */

export interface Server {
  port: number;
  /** For what a test has to say to it directly. */
  admin: Redis;
  kill9: () => Promise<void>;
  stop: () => Promise<void>;
}

async function launch(port: number, options: readonly string[], connection: Pick<RedisOptions, 'tls'> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-server-'));
  const child: ChildProcess = spawn(await findRedisBinary(process.env['PATH'] ?? ''), [...options, '--dir', folder], { stdio: 'ignore', env: {} });
  const orphan = () => void child.kill('SIGKILL');
  process.once('exit', orphan);
  const admin = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null, ...connection });
  admin.on('error', () => undefined);
  await admin.ping();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    port,
    admin,
    kill9: () => end('SIGKILL'),
    async stop() {
      admin.disconnect();
      await end('SIGKILL');
      process.removeListener('exit', orphan);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const QUIET = ['--bind', '127.0.0.1', '--save', ''];

export async function startServer(...options: string[]): Promise<Server> {
  const port = await freePort();
  return launch(port, ['--port', String(port), ...QUIET, ...options]);
}

/** A server that speaks TLS only. */
export async function startTlsServer(folder: string, clients: 'yes' | 'no'): Promise<Server> {
  const port = await freePort();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', clients];
  const pem = { cert: await readFile(cert), key: await readFile(key) };
  return launch(port, ['--port', '0', '--tls-port', String(port), ...QUIET, ...files], { tls: { ca: pem.cert, ...pem } });
}

/** Three nodes that share the slots. */
export async function startCluster(): Promise<Server[]> {
  const nodes: Server[] = [];
  for (let count = 0; count < 3; count += 1) {
    const [port, bus] = [await freePort(), await freePort()];
    nodes.push(await launch(port, ['--port', String(port), '--cluster-port', String(bus), ...QUIET, '--cluster-enabled', 'yes', '--cluster-node-timeout', '5000']));
    await nodes.at(-1)?.admin.call('CLUSTER', 'ADDSLOTSRANGE', ...[['0', '5460'], ['5461', '10922'], ['10923', '16383']][count] as [string, string]);
    await nodes[0]?.admin.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus));
  }
  for (const { admin } of nodes) {
    while (!/cluster_state:ok[^]*cluster_known_nodes:3/.test(String(await admin.call('CLUSTER', 'INFO')))) await sleep(50);
  }
  return nodes;
}

export interface Watched {
  primary: Server;
  replica: Server;
  sentinels: Server[];
  stop: () => Promise<void>;
}

/** A primary named `main`, its replica, and two Sentinels that replace it a second after it went. */
export async function startSentinels(): Promise<Watched> {
  const primary = await startServer('--appendonly', 'no');
  const replica = await startServer('--replicaof', '127.0.0.1', String(primary.port));
  while (!(await replica.admin.info('replication')).includes('master_link_status:up')) await sleep(50);
  const folder = await mkdtemp(join(tmpdir(), 'wherefore-sentinel-'));
  const sentinels: Server[] = [];
  for (let count = 0; count < 2; count += 1) {
    const port = await freePort();
    const file = join(folder, `${port}.conf`);
    const lines = [`port ${port}`, 'bind 127.0.0.1', `sentinel monitor main 127.0.0.1 ${primary.port} 1`, 'sentinel down-after-milliseconds main 1000', 'sentinel failover-timeout main 5000'];
    await writeFile(file, `${lines.join('\n')}\n`);
    sentinels.push(await launch(port, [file, '--sentinel']));
  }
  for (const { admin } of sentinels) {
    const known = async () => String(await admin.call('SENTINEL', 'MASTER', 'main'));
    while (!/num-slaves,1,num-other-sentinels,1/.test(await known())) await sleep(100);
  }
  return {
    primary,
    replica,
    sentinels,
    async stop() {
      await Promise.all([...sentinels, replica, primary].map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
