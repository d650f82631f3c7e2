import { ObjectId } from 'bson';
import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import { DOCUMENT_BYTES_MAX, MESSAGE_BYTES_MAX, WRITE_BATCH_MAX } from '../wire/message.ts';
import type { Engine, Request } from './request.ts';

export const REPLICA_SET = 'tessera';

/** The MongoDB version whose behaviour is followed, and its wire version (driver 7 needs at least 9). */
const VERSION = '7.0.0';
const WIRE_VERSION = 21;

// Always the same, so that a client which outlives a restart does not take the engine for a stale primary.
const ELECTION_ID = new ObjectId('7fffffff0000000000000001');

/**
 * A one-node replica set's hello. `topologyVersion` is left out, so that drivers poll instead of holding a
 * connection; `me` is the dialled address, or a driver would drop the server as unknown to the set.
 */
export async function hello(engine: Engine, request: Request): Promise<Document> {
  const { address, id } = request.connection;
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    secondary: false,
    setName: REPLICA_SET,
    setVersion: 1,
    electionId: ELECTION_ID,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: DOCUMENT_BYTES_MAX,
    maxMessageSizeBytes: MESSAGE_BYTES_MAX,
    maxWriteBatchSize: WRITE_BATCH_MAX,
    localTime: new Date(engine.now()),
    logicalSessionTimeoutMinutes: 30,
    connectionId: id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
}

export async function buildInfo(): Promise<Document> {
  return {
    version: VERSION,
    versionArray: VERSION.split('.').map(Number).concat(0),
    modules: ['tessera-embedded'],
    maxBsonObjectSize: DOCUMENT_BYTES_MAX,
    storageEngines: ['lmdb'],
  };
}

export async function getParameter(_engine: Engine, request: Request): Promise<Document> {
  const { command } = request;
  if (command.featureCompatibilityVersion === undefined) {
    throw new CommandError(72, 'InvalidOptions', 'the only parameter is featureCompatibilityVersion');
  }
  return { featureCompatibilityVersion: { version: VERSION.split('.').slice(0, 2).join('.') } };
}
