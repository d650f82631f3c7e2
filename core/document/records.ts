import { Schema } from 'mongoose';
import type { Signature } from '../approval/records.ts';
import type { LocalizedText } from '../plugin/contract.ts';

export const DOCUMENTS = 'documents';
export const CONFIRMATIONS = 'document_confirmations';

/** AGREEMENT binds both sides (协议); DISCLOSURE tells the client of risks (风险揭示书). */
export type DocumentKind = 'AGREEMENT' | 'DISCLOSURE';

/** One version of a document; its text never changes. Collection `documents`, `_id` = `${code}@${no}`. */
export interface DocumentRecord {
  _id: string;
  code: string;
  /** 1, 2, 3 … within the code. */
  no: number;
  kind: DocumentKind;
  title: LocalizedText;
  text: LocalizedText;
  /** SHA-256 of the text, so that what was confirmed can be proved. */
  digest: string;
  /** False: who confirmed the version before need not confirm this one. */
  askAgain: boolean;
  state: 'WAITING' | 'APPROVED' | 'CLOSED';
  maker: Signature;
  checker?: Signature;
}

/** How a client confirmed: by a click, a signature on paper, or in a recorded call. */
export type ConfirmationManner = 'ELECTRONIC' | 'SIGNATURE' | 'RECORDING';

/** That a client confirmed a version, when and how; never changed. Collection `document_confirmations`. */
export interface ConfirmationRecord {
  _id: string;
  partyId: string;
  documentId: string;
  code: string;
  no: number;
  digest: string;
  at: Date;
  manner: ConfirmationManner;
  channel: string;
  /** Where the signed paper or the recording is kept. */
  evidenceRef?: string;
  /** The system or person of staff that recorded it. */
  by: { id: string; name: string };
}

const text = { type: String, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;

export const documentSchema = new Schema<DocumentRecord>(
  {
    _id: text,
    code: text,
    no: { type: Number, required: true },
    kind: text,
    title: data,
    text: data,
    digest: text,
    askAgain: { type: Boolean, required: true },
    state: text,
    maker: data,
    checker: Schema.Types.Mixed,
  },
  { versionKey: false },
).index({ code: 1, no: 1 }, { unique: true });

export const confirmationSchema = new Schema<ConfirmationRecord>(
  {
    _id: text,
    partyId: text,
    documentId: text,
    code: text,
    no: { type: Number, required: true },
    digest: text,
    at: { type: Date, required: true },
    manner: text,
    channel: text,
    evidenceRef: String,
    by: data,
  },
  { versionKey: false },
).index({ partyId: 1, code: 1 });
