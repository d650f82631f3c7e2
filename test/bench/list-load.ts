import { connect, type Socket } from 'node:net';
import { LIST_CLIENTS, listBody } from './list-question.ts';

/*
 * A load generator that does as little as can be, so that the server is what is measured: every request stands ready as
 * bytes, and of an answer only status and length are read.
 */

export interface LoadOrder {
  readonly port: number;
  readonly path: '/graphql' | '/ceiling';
  readonly token: string;
  readonly byApollo?: boolean;
  readonly connections: number;
  readonly durationMs: number;
  /** Goes on until every client was asked for, however long it takes. */
  readonly everyClient?: boolean;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly answered: number;
  readonly failed: number;
  readonly bytes: number;
}

let next = 0;

process.on('message', (order: LoadOrder) => void run(order).then((result) => process.send!(result)));
process.on('disconnect', () => process.exit(0));
process.send!('ready');

async function run(order: LoadOrder): Promise<LoadResult> {
  const { port, connections, durationMs, everyClient = false } = order;
  const requests = requestsOf(order);
  const counts = { answered: 0, failed: 0, bytes: 0 };
  const started = performance.now();
  const isOver = () =>
    performance.now() - started >= durationMs && (!everyClient || counts.answered >= LIST_CLIENTS);
  await Promise.all(Array.from({ length: connections }, () => converse(port, requests, isOver, counts)));
  return { ...counts, perSecond: counts.answered / ((performance.now() - started) / 1000) };
}

const known = new Map<string, readonly Buffer[]>();

function requestsOf({ path, token, byApollo = false }: LoadOrder): readonly Buffer[] {
  const key = `${path} ${token} ${byApollo}`;
  let requests = known.get(key);
  if (!requests) {
    requests = Array.from({ length: LIST_CLIENTS }, (_, client) => {
      const body = listBody(client, byApollo);
      const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}`;
      return Buffer.from(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
    known.set(key, requests);
  }
  return requests;
}

function converse(
  port: number,
  requests: readonly Buffer[],
  isOver: () => boolean,
  counts: { answered: number; failed: number; bytes: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let missing = -1;
    const ask = () => {
      if (isOver()) {
        socket.end();
        resolve();
        return;
      }
      missing = -1;
      socket.write(requests[next++ % requests.length]!);
    };
    socket.on('connect', ask);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (missing < 0) {
        // The server writes all headers at once, so that they come in the first piece.
        const end = chunk.indexOf('\r\n\r\n');
        const head = chunk.toString('latin1', 0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (end < 0 || !Number.isInteger(length)) {
          reject(new Error(`Not an answer that this load generator reads: ${head.slice(0, 200)}`));
          return;
        }
        if (!head.startsWith('HTTP/1.1 200')) counts.failed++;
        missing = end + 4 + length - chunk.length;
        counts.bytes += length;
      } else missing -= chunk.length;
      if (missing > 0) return;
      counts.answered++;
      ask();
    });
  });
}
