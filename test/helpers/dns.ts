import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

export interface TestDns {
  /** Resolves names by asking this server over UDP. */
  resolve: LookupFunction;
  /** Questions for IPv4 addresses so far. */
  asked: () => number;
  close: () => Promise<void>;
}

const HEADER = 12;
const TYPE_A = 1;

/** The answer to a DNS query (RFC 1035) with these IPv4 addresses, which may not be kept. */
function answer(query: Buffer, addresses: readonly string[]): Buffer {
  const end = query.indexOf(0, HEADER) + 5;
  const header = Buffer.from(query.subarray(0, HEADER));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.fill(0, 8);
  const records = addresses.map((address) => Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]));
  return Buffer.concat([header, query.subarray(HEADER, end), ...records]);
}

/** A DNS server on loopback whose answers a test chooses, question by question. */
export async function startDns(addressesOf: (question: number) => readonly string[]): Promise<TestDns> {
  const socket = createSocket('udp4');
  let questions = 0;
  socket.on('message', (query, from) => {
    const isA = query.readUInt16BE(query.indexOf(0, HEADER) + 1) === TYPE_A;
    const addresses = isA ? addressesOf(questions) : [];
    if (isA) questions += 1;
    socket.send(answer(query, addresses), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolve: (hostname, options, callback) => {
      resolver.resolve4(hostname, (error, found) => {
        if (error) return callback(error, '', 0);
        if (options.all) return callback(null, found.map((address) => ({ address, family: 4 })));
        return callback(null, found[0] ?? '', 4);
      });
    },
    asked: () => questions,
    close: async () => {
      resolver.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}
