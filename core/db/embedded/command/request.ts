import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import type { Catalog, Collection } from '../store/catalog.ts';
import type { Reader } from '../store/overlay.ts';
import type { Store } from '../store/store.ts';
import type { Sessions } from '../transaction/sessions.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { asNumber, decode } from '../wire/bson.ts';
import type { Connection } from '../wire/server.ts';
import { rawArray } from '../wire/raw.ts';
import type { Cursors } from './cursors.ts';

/** What every command works on. */
export interface Engine {
  store: Store;
  catalog: Catalog;
  sessions: Sessions;
  cursors: Cursors;
  /** Milliseconds since 1970; injected, so that expiry can be tested without waiting. */
  now(): number;
}

/** One command as it came, with the session and transaction it runs in. */
export interface Request {
  name: string;
  command: Document;
  rawCommand: Buffer;
  sequences: Map<string, Buffer[]>;
  db: string;
  connection: Connection;
  session?: string;
  number?: bigint;
  transaction?: Transaction;
  pacer: Pacer;
}

/** No command holds the others up for longer than this at a time. */
const SLICE_MS = 4;

/** Divides long work into slices, between which others run; it ends work that exceeds maxTimeMS. */
export class Pacer {
  /** The longest slice since it was last asked for: how long the engine's own work held others up. */
  static #longestMs = 0;

  static takeLongestMs(): number {
    const longestMs = Pacer.#longestMs;
    Pacer.#longestMs = 0;
    return longestMs;
  }

  /** Until when the present slice may run, in terms of `performance.now()`. */
  until = performance.now() + SLICE_MS;
  readonly #deadline: number;

  constructor(timeMsMax: number | undefined) {
    this.#deadline = timeMsMax ? performance.now() + timeMsMax : Infinity;
  }

  async pauseIfOver(): Promise<void> {
    if (performance.now() > this.until) await this.pause();
  }

  async pause(): Promise<void> {
    const nowMs = performance.now();
    Pacer.#longestMs = Math.max(Pacer.#longestMs, nowMs - this.until + SLICE_MS);
    if (nowMs > this.#deadline) {
      throw new CommandError(50, 'MaxTimeMSExpired', 'operation exceeded time limit');
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.until = performance.now() + SLICE_MS;
  }
}

/** The collection that the command's first field names, as `database.collection`. */
export function namespaceOf(request: Request): string {
  const name: unknown = request.command[request.name];
  if (typeof name !== 'string' || name === '') {
    throw new CommandError(73, 'InvalidNamespace', `collection name has invalid type in '${request.name}'`);
  }
  return `${request.db}.${name}`;
}

export function collectionOf(engine: Engine, request: Request): Collection | undefined {
  const ns = namespaceOf(request);
  request.transaction?.refuseNewer(ns);
  return engine.catalog.find(ns);
}

/** The state that a read sees: its transaction's, else the newest. */
export function readerOf(engine: Engine, request: { transaction?: Transaction }): Reader {
  return request.transaction?.reader ?? engine.store.latest();
}

/** The moment of the transaction's snapshot; indexes finished later are not whole in it. */
export function sinceOf({ transaction }: { transaction?: Transaction }): { since?: number } {
  return transaction ? { since: transaction.since } : {};
}

/** The documents of an array argument as bytes, whether sent in the body or as a document sequence. */
export function rawDocuments(request: Request, name: string): Buffer[] {
  const documents = request.sequences.get(name) ?? rawArray(request.rawCommand, name);
  if (!documents) throw missingField(request.name, name);
  return documents;
}

export function decodedDocuments(request: Request, name: string): Document[] {
  return rawDocuments(request, name).map(decode);
}

export function missingField(command: string, field: string): CommandError {
  return new CommandError(
    40414,
    'Location40414',
    `BSON field '${command}.${field}' is missing but a required field`,
  );
}

/** A whole number of at least 0, or what stands in for it when it is not given. */
export function countOf(request: Request, name: string, otherwise: number): number {
  const value: unknown = request.command[name];
  if (value == null) return otherwise;
  const count = asNumber(value);
  if (count === undefined || !Number.isInteger(count) || count < 0) {
    throw new CommandError(
      51024,
      'Location51024',
      `BSON field '${name}' value must be >= 0, actual value '${String(value)}'`,
    );
  }
  return count;
}

/** A document argument; empty when it is not given. */
export function documentOf(request: Request, name: string): Document {
  const value: unknown = request.command[name];
  if (value == null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new CommandError(
      14,
      'TypeMismatch',
      `BSON field '${request.name}.${name}' is the wrong type, expected type 'object'`,
    );
  }
  return value;
}
