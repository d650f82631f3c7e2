import { Long } from 'bson';
import type { Document } from 'bson';
import { CommandError, commandNotFound } from '../errors.ts';
import { asBoolean, asNumber } from '../wire/bson.ts';
import type { Message } from '../wire/message.ts';
import type { Connection } from '../wire/server.ts';
import {
  create,
  createIndexes,
  drop,
  dropDatabase,
  dropIndexes,
  listCollections,
  listDatabases,
  listIndexes,
} from './catalog.ts';
import { explain } from './explain.ts';
import { refuseUnknownFields } from './fields.ts';
import { buildInfo, getParameter, hello } from './handshake.ts';
import { aggregate, count, distinct, find, getMore, killCursors } from './read.ts';
import { Pacer } from './request.ts';
import type { Engine, Request } from './request.ts';
import { findAndModify, insert, remove, update } from './write.ts';

interface Command {
  /** The fields that it understands; undefined: any (handshakes carry whatever a driver tells of itself). */
  fields: string[] | undefined;
  /** Whether it may run inside a transaction. */
  transactional?: boolean;
  run(engine: Engine, request: Request): Promise<Document | Buffer>;
}

const FIND_AND_MODIFY: Command = {
  fields: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert'],
  transactional: true,
  run: findAndModify,
};
const HELLO: Command = { fields: undefined, run: hello };
const NOTHING = async (): Promise<Document> => ({});

/** All that the engine answers; every other command is refused with 59 CommandNotFound. */
export const COMMANDS: Record<string, Command> = {
  hello: HELLO,
  isMaster: HELLO,
  ismaster: HELLO,
  ping: { fields: undefined, run: NOTHING },
  buildInfo: { fields: [], run: buildInfo },
  buildinfo: { fields: [], run: buildInfo },
  getParameter: { fields: ['featureCompatibilityVersion'], run: getParameter },
  insert: { fields: ['documents', 'ordered', 'bypassDocumentValidation'], transactional: true, run: insert },
  update: { fields: ['updates', 'ordered', 'bypassDocumentValidation'], transactional: true, run: update },
  delete: { fields: ['deletes', 'ordered'], transactional: true, run: remove },
  findAndModify: FIND_AND_MODIFY,
  findandmodify: FIND_AND_MODIFY,
  find: {
    fields: [
      'filter',
      'sort',
      'projection',
      'skip',
      'limit',
      'batchSize',
      'singleBatch',
      'noCursorTimeout',
      'allowDiskUse',
    ],
    transactional: true,
    run: find,
  },
  getMore: { fields: ['collection', 'batchSize'], transactional: true, run: getMore },
  killCursors: { fields: ['cursors'], transactional: true, run: killCursors },
  count: { fields: ['query', 'limit', 'skip'], transactional: true, run: count },
  distinct: { fields: ['key', 'query'], transactional: true, run: distinct },
  aggregate: {
    fields: ['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation'],
    transactional: true,
    run: aggregate,
  },
  explain: { fields: ['verbosity'], run: explainKnown },
  create: { fields: ['autoIndexId'], run: create },
  drop: { fields: [], run: drop },
  dropDatabase: { fields: [], run: dropDatabase },
  listDatabases: { fields: ['nameOnly', 'authorizedDatabases'], run: listDatabases },
  listCollections: {
    fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
    run: listCollections,
  },
  createIndexes: { fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'], run: createIndexes },
  listIndexes: { fields: ['cursor'], run: listIndexes },
  dropIndexes: { fields: ['index'], run: dropIndexes },
  commitTransaction: { fields: ['recoveryToken'], transactional: true, run: commitTransaction },
  abortTransaction: { fields: ['recoveryToken'], transactional: true, run: abortTransaction },
  endSessions: { fields: undefined, run: endSessions },
  refreshSessions: { fields: undefined, run: NOTHING },
};

/** Answers one message: finds the command, its session and transaction, runs it, and words what went wrong. */
export async function answer(
  engine: Engine,
  message: Message,
  connection: Connection,
): Promise<Document | Buffer> {
  const request = requestOf(message, connection);
  try {
    const { session } = request;
    const ordered = session !== undefined && request.number !== undefined;
    const body = await (ordered
      ? engine.sessions.inTurn(session, () => run(engine, request))
      : run(engine, request));
    return Buffer.isBuffer(body) ? body : { ...body, ok: 1 };
  } catch (error) {
    return refusal(error, request);
  }
}

function requestOf(message: Message, connection: Connection): Request {
  const { command, rawCommand, sequences } = message;
  const lsid = command.lsid as { id?: { buffer: Uint8Array } } | undefined;
  const number: unknown = command.txnNumber;
  return {
    name: Object.keys(command)[0] ?? '',
    command,
    rawCommand,
    sequences,
    db: String(command.$db ?? 'admin'),
    connection,
    ...(lsid?.id && { session: Buffer.from(lsid.id.buffer).toString('hex') }),
    ...(number instanceof Long && { number: number.toBigInt() }),
    pacer: new Pacer(asNumber(command.maxTimeMS)),
  };
}

async function run(engine: Engine, request: Request): Promise<Document | Buffer> {
  const command = Object.hasOwn(COMMANDS, request.name) ? COMMANDS[request.name] : undefined;
  if (!command) throw commandNotFound(request.name);
  if (command.fields) refuseUnknownFields(request.name, command.fields, request.command);
  if (request.command.autocommit === undefined) return command.run(engine, request);
  return runInTransaction(engine, request, command);
}

async function runInTransaction(
  engine: Engine,
  request: Request,
  command: Command,
): Promise<Document | Buffer> {
  const { session, number } = request;
  if (session === undefined || number === undefined) {
    throw new CommandError(72, 'InvalidOptions', "'autocommit' needs a session and a transaction number");
  }
  if (!command.transactional) {
    throw new CommandError(
      263,
      'OperationNotSupportedInTransaction',
      `Cannot run '${request.name}' in a multi-document transaction.`,
    );
  }
  if (request.name === 'commitTransaction' || request.name === 'abortTransaction') {
    return command.run(engine, request);
  }
  const transaction = asBoolean(request.command.startTransaction)
    ? engine.sessions.begin(session, number)
    : engine.sessions.current(session, number);
  try {
    return await command.run(engine, { ...request, transaction });
  } catch (error) {
    engine.sessions.abort(transaction);
    throw error;
  }
}

// What is explained is refused like what is run.
async function explainKnown(engine: Engine, request: Request): Promise<Document> {
  const explained = request.command.explain as Document;
  const name = Object.keys(explained)[0] ?? '';
  if (!['find', 'aggregate', 'count', 'distinct'].includes(name)) {
    throw commandNotFound(`explain of ${name}`);
  }
  refuseUnknownFields(name, COMMANDS[name]?.fields ?? [], explained);
  return explain(engine, request);
}

async function commitTransaction(engine: Engine, request: Request): Promise<Document> {
  await engine.sessions.commit(request.session ?? '', request.number ?? 0n);
  return {};
}

async function abortTransaction(engine: Engine, request: Request): Promise<Document> {
  engine.sessions.abort(engine.sessions.current(request.session ?? '', request.number ?? 0n));
  return {};
}

async function endSessions(engine: Engine, request: Request): Promise<Document> {
  for (const { id } of (request.command.endSessions ?? []) as { id: { buffer: Uint8Array } }[]) {
    engine.sessions.end(Buffer.from(id.buffer).toString('hex'));
  }
  return {};
}

function refusal(error: unknown, request: Request): Document {
  if (error instanceof CommandError) {
    return {
      ok: 0,
      errmsg: error.message,
      code: error.code,
      codeName: error.codeName,
      ...(error.labels.length > 0 && { errorLabels: error.labels }),
      ...error.details,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 'error', command: request.name, message, stack: (error as Error).stack })}\n`,
  );
  return { ok: 0, errmsg: `internal error: ${message}`, code: 1, codeName: 'InternalError' };
}
