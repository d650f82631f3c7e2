import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Document } from 'bson';
import { MESSAGE_BYTES_MAX, encodeReply, parseMessage } from './message.ts';
import type { Message } from './message.ts';

/** What a command may know of the connection it came by. */
export interface Connection {
  id: number;
  /** The address that the client dialled, as `host:port`; hello names it as the only member. */
  address: string;
}

export type Answer = (message: Message, connection: Connection) => Promise<Document | Buffer>;

export interface WireServer {
  port: number;
  /** Stops listening, lets running commands answer, closes all connections. */
  close(): Promise<void>;
}

/** Listens on loopback and answers the messages of each connection one after another. */
export async function listen(port: number, answer: Answer): Promise<WireServer> {
  const sockets = new Map<Socket, Promise<void>>();
  let lastId = 0;
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    const connection = { id: ++lastId, address: `${socket.localAddress}:${socket.localPort}` };
    sockets.set(socket, Promise.resolve());
    const frames = new Frames();
    socket.on('data', (bytes) => {
      let messages: Buffer[];
      try {
        messages = frames.push(bytes);
      } catch (error) {
        socket.destroy(error as Error);
        return;
      }
      for (const message of messages) {
        const turn = (sockets.get(socket) ?? Promise.resolve()).then(() => serve(socket, message));
        sockets.set(socket, turn);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));

    async function serve(to: Socket, bytes: Buffer): Promise<void> {
      try {
        const message = parseMessage(bytes);
        const body = await answer(message, connection);
        if (!message.moreToCome && !to.destroyed) to.write(encodeReply(message, body));
      } catch (error) {
        to.destroy(error as Error);
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(sockets.values());
      for (const socket of sockets.keys()) socket.end();
      for (const socket of sockets.keys()) socket.destroySoon();
      await closed;
    },
  };
}

/** Cuts a stream of bytes into whole messages. */
class Frames {
  #parts: Buffer[] = [];
  #length = 0;

  push(bytes: Buffer): Buffer[] {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    const messages: Buffer[] = [];
    for (let size = this.#size(); size !== undefined && this.#length >= size; size = this.#size()) {
      const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      messages.push(all.subarray(0, size));
      this.#parts = all.length > size ? [all.subarray(size)] : [];
      this.#length = all.length - size;
    }
    return messages;
  }

  #size(): number | undefined {
    if (this.#length < 4) return undefined;
    if ((this.#parts[0] as Buffer).length < 4) this.#parts = [Buffer.concat(this.#parts)];
    const size = (this.#parts[0] as Buffer).readInt32LE(0);
    if (size < 16 || size > MESSAGE_BYTES_MAX) throw new Error(`wire protocol: message of ${size} bytes`);
    return size;
  }
}
