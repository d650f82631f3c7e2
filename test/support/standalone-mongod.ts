import { listen } from '../../core/db/embedded/wire/server.ts';

/** A server that speaks the wire protocol and belongs to no replica set: its hello has no `setName`. */
export async function startStandaloneMongod(): Promise<{ uri: string; stop(): Promise<void> }> {
  const server = await listen(0, ({ command }) =>
    Promise.resolve('hello' in command || 'isMaster' in command || 'ismaster' in command ? HELLO : { ok: 1 }),
  );
  return { uri: `mongodb://127.0.0.1:${server.port}/tessera`, stop: () => server.close() };
}

const HELLO = {
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
} as const;
