import type { Document } from 'bson';
import { badValue } from '../errors.ts';
import { decode, encode } from './bson.ts';

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;

/** MongoDB's own limits, which drivers read from hello. */
export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
export const MESSAGE_BYTES_MAX = 48_000_000;
export const WRITE_BATCH_MAX = 100_000;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const HEADER_BYTES = 16;

/** A request as it came: the decoded body, its bytes, and document sequences left undecoded. */
export interface Message {
  requestId: number;
  opCode: number;
  /** The sender wants no reply (write concern 0). */
  moreToCome: boolean;
  command: Document;
  rawCommand: Buffer;
  sequences: Map<string, Buffer[]>;
}

/**
 * Reads one whole message of the wire protocol
 * (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
 */
export function parseMessage(bytes: Buffer): Message {
  const requestId = bytes.readInt32LE(4);
  const opCode = bytes.readInt32LE(12);
  if (opCode === OP_MSG) return parseOpMsg(bytes, requestId);
  if (opCode === OP_QUERY) return parseOpQuery(bytes, requestId);
  throw badValue(
    `wire protocol: operation ${opCode} is not supported, only OP_MSG and the OP_QUERY handshake`,
  );
}

/** Frames a reply body (a document, or its bytes) for the request it answers. */
export function encodeReply(request: { requestId: number; opCode: number }, body: Document | Buffer): Buffer {
  const raw = Buffer.isBuffer(body) ? body : encode(body);
  const prefix = request.opCode === OP_QUERY ? legacyPrefix() : Buffer.alloc(5);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + raw.length, 0);
  header.writeInt32LE(0, 4);
  header.writeInt32LE(request.requestId, 8);
  header.writeInt32LE(request.opCode === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, prefix, raw]);
}

/** A cursor's reply whose documents are spliced in as stored bytes. */
export function encodeCursor(
  ns: string,
  cursorId: bigint,
  documents: Buffer[],
  batchName: 'firstBatch' | 'nextBatch',
  extra: Document = {},
): Buffer {
  const batch = documentOf(documents.map((raw, position) => element(0x03, String(position), raw)));
  const id = Buffer.alloc(8);
  id.writeBigInt64LE(cursorId);
  const nsBytes = Buffer.from(`${ns}\0`, 'utf8');
  const nsLength = Buffer.alloc(4);
  nsLength.writeInt32LE(nsBytes.length);
  const cursor = documentOf([
    element(0x04, batchName, batch),
    element(0x12, 'id', id),
    element(0x02, 'ns', Buffer.concat([nsLength, nsBytes])),
  ]);
  const rest = encode({ ok: 1, ...extra });
  return documentOf([element(0x03, 'cursor', cursor), rest.subarray(4, rest.length - 1)]);
}

function parseOpMsg(bytes: Buffer, requestId: number): Message {
  const flags = bytes.readUInt32LE(HEADER_BYTES);
  const end = flags & CHECKSUM_PRESENT ? bytes.length - 4 : bytes.length;
  const sequences = new Map<string, Buffer[]>();
  let rawCommand: Buffer | undefined;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = bytes[at];
    const size = bytes.readInt32LE(at + 1);
    if (at + 1 + size > end) throw badValue('wire protocol: a section runs past the end of its message');
    if (kind === 0) rawCommand = bytes.subarray(at + 1, at + 1 + size);
    else if (kind === 1) readSequence(bytes.subarray(at + 5, at + 1 + size), sequences);
    else throw badValue(`wire protocol: unknown section kind ${kind}`);
    at += 1 + size;
  }
  if (!rawCommand) throw badValue('wire protocol: a message without a body');
  const moreToCome = (flags & MORE_TO_COME) !== 0;
  return { requestId, opCode: OP_MSG, moreToCome, command: decode(rawCommand), rawCommand, sequences };
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0);
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw badValue('wire protocol: a document of a wrong size');
    documents.push(section.subarray(at, at + size));
    at += size;
  }
  sequences.set(section.toString('utf8', 0, nameEnd), documents);
}

function parseOpQuery(bytes: Buffer, requestId: number): Message {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = bytes.indexOf(0, nameStart);
  const collection = bytes.toString('utf8', nameStart, nameEnd);
  const rawCommand = bytes.subarray(nameEnd + 9);
  const command = decode(rawCommand.subarray(0, rawCommand.readInt32LE(0)));
  command.$db = collection.split('.')[0];
  return { requestId, opCode: OP_QUERY, moreToCome: false, command, rawCommand, sequences: new Map() };
}

function legacyPrefix(): Buffer {
  const prefix = Buffer.alloc(20);
  prefix.writeInt32LE(8, 0); // awaitCapable
  prefix.writeInt32LE(1, 16); // one document
  return prefix;
}

function element(type: number, name: string, value: Buffer): Buffer {
  const head = Buffer.allocUnsafe(name.length + 2);
  head[0] = type;
  head.write(name, 1, 'latin1');
  head[name.length + 1] = 0;
  return Buffer.concat([head, value]);
}

function documentOf(elements: Buffer[]): Buffer {
  const size = elements.reduce((sum, part) => sum + part.length, 5);
  const length = Buffer.alloc(4);
  length.writeInt32LE(size);
  return Buffer.concat([length, ...elements, Buffer.alloc(1)], size);
}
