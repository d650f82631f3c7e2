import { hello } from '../../core/db/embedded/command/handshake.ts';
import type { Engine, Request } from '../../core/db/embedded/command/request.ts';
import { encode } from '../../core/db/embedded/wire/bson.ts';
import { encodeCursor } from '../../core/db/embedded/wire/message.ts';
import { listen } from '../../core/db/embedded/wire/server.ts';

/** A process that answers every find with the same bytes: what the driver alone can do, the ceiling of a find by id. */
const clock = { now: Date.now } as Engine;
const found = encodeCursor('bench.documents', 0n, [encode({ _id: 1, text: 'x'.repeat(300) })], 'firstBatch');
const server = await listen(0, async (message, connection) => {
  if ('find' in message.command) return found;
  if ('hello' in message.command || 'ismaster' in message.command || 'isMaster' in message.command)
    return { ...(await hello(clock, { connection, command: message.command } as Request)), ok: 1 };
  return { ok: 1 };
});
process.on('disconnect', () => process.exit(0));
process.send?.({ uri: `mongodb://127.0.0.1:${server.port}/?directConnection=true` });
