import { createHash } from 'node:crypto';
import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { ApprovalDiffLine, ApprovedChange, Host, LocalizedText, Reason } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { canonicalJson } from '../trace/record.ts';
import {
  CONFIRMATIONS,
  DOCUMENTS,
  type ConfirmationManner,
  type ConfirmationRecord,
  type DocumentKind,
  type DocumentRecord,
} from './records.ts';
import { requiredDocuments, type RequiredDocument } from './required.ts';

export const DOCUMENT_SUBJECT = 'document.version';
const CODE = /^[A-Z][A-Z0-9-]{1,39}$/;
const TEXT_CHARS_MAX = 50_000;
const CONFIRMATIONS_AT_ONCE_MAX = 20;

export const documentService = serviceToken<DocumentService>('core', 'document');

export interface NewDocumentVersion {
  readonly code: string;
  readonly kind: DocumentKind;
  readonly title: LocalizedText;
  readonly text: LocalizedText;
  readonly askAgain: boolean;
  readonly reason: string;
}

/** That a client has confirmed a version, as the touchpoint states it. */
export interface StatedConfirmation {
  /** `${code}@${no}`. */
  readonly documentId: string;
  readonly manner: ConfirmationManner;
  readonly evidenceRef?: string;
}

/** Agreements and disclosures (协议与风险揭示书): their versions, and which client confirmed which, when and how. */
export class DocumentService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Puts a new version before a second person. @throws DOCUMENT_INVALID */
  propose(
    actor: Actor,
    input: NewDocumentVersion,
  ): Promise<{ readonly approvalId: string; readonly documentId: string }> {
    refuseBad(input);
    const { code, kind, title, text, askAgain, reason } = input;
    return this.#host.transact(actor, async (tx) => {
      const { session } = tx;
      const [newest] = await this.#documents
        .find({ code }, { session, sort: { no: -1 }, limit: 1 })
        .toArray();
      const no = (newest?.no ?? 0) + 1;
      const _id = `${code}@${no}`;
      await this.#documents.insertOne(
        {
          _id,
          code,
          no,
          kind,
          title,
          text,
          digest: digestOf(text),
          askAgain,
          state: 'WAITING',
          maker: { id: actor.id, name: actor.name, at: tx.at },
        },
        { session },
      );
      const approvalId = await this.#host
        .service(approvalService)
        .propose(tx, { type: DOCUMENT_SUBJECT, subjectIds: [_id], change: { code, no }, reason });
      return { approvalId, documentId: _id };
    });
  }

  /** The approval's `apply` and `close`. */
  async settle(tx: Tx, approval: ApprovedChange, state: 'APPROVED' | 'CLOSED'): Promise<void> {
    const [_id] = approval.subjectIds as [string];
    const checker = { id: tx.actor.id, name: tx.actor.name, at: tx.at };
    await this.#documents.updateOne({ _id }, { $set: { state, checker } }, { session: tx.session });
    tx.trace({
      action: `document.${state.toLowerCase()}`,
      subject: { type: 'Document', id: _id },
      reason: approval.comment ?? approval.reason,
      details: { approvalId: approval.id },
    });
  }

  async diff(approval: ApprovedChange): Promise<readonly ApprovalDiffLine[]> {
    const { code, no } = approval.change as { code: string; no: number };
    const versions = await this.#documents.find({ code }, { sort: { no: 1 } }).toArray();
    const after = versions.find((one) => one.no === no);
    const before = versions.findLast((one) => one.no < no && one.state === 'APPROVED');
    return (
      [
        ['title', '标题', 'Title'],
        ['text', '正文', 'Text'],
        ['askAgain', '是否重新确认', 'Asks again'],
      ] as const
    )
      .filter(([field]) => canonicalJson(before?.[field] ?? null) !== canonicalJson(after?.[field] ?? null))
      .map(([path, zh, en]) => ({
        path,
        title: { zh, en },
        before: before?.[path] ?? null,
        after: after?.[path] ?? null,
      }));
  }

  /** Every version in force by code, or only of these codes. */
  async inForce(codes?: readonly string[], tx?: Tx): Promise<DocumentRecord[]> {
    const versions = await this.#approved(codes, tx);
    const last = new Map(versions.map((one) => [one.code, one]));
    return [...last.values()];
  }

  async byId(ids: readonly string[]): Promise<DocumentRecord[]> {
    return this.#documents.find({ _id: { $in: [...ids] } }).toArray();
  }

  /** What a product that requires these documents still needs of this client. */
  async requiredOf(
    codes: readonly string[],
    partyId: string,
    tx?: Tx,
  ): Promise<RequiredDocument<DocumentRecord>[]> {
    if (codes.length === 0) return [];
    const confirmations = await this.#confirmations
      .find({ partyId, code: { $in: [...codes] } }, tx ? { session: tx.session } : {})
      .toArray();
    return requiredDocuments(codes, await this.#approved(codes, tx), confirmations);
  }

  /** Records what the client confirmed, in the caller's transaction; answers what cannot be confirmed, writing nothing then. */
  async confirm(
    tx: Tx,
    partyId: string,
    channel: string,
    stated: readonly StatedConfirmation[],
  ): Promise<readonly Reason[]> {
    if (stated.length === 0) return [];
    if (stated.length > CONFIRMATIONS_AT_ONCE_MAX)
      throw new PlatformError(
        'DOCUMENT_INVALID',
        `At most ${CONFIRMATIONS_AT_ONCE_MAX} documents are confirmed at once, not ${stated.length}.`,
      );
    const codes = stated.map(({ documentId }) => documentId.split('@')[0]!);
    const inForce = new Map((await this.inForce(codes, tx)).map((one) => [one._id, one]));
    const wrong = stated.filter(({ documentId }) => !inForce.has(documentId));
    if (wrong.length > 0) return wrong.map(({ documentId }) => notInForce(documentId));
    const records = stated.map(({ documentId, manner, evidenceRef }): ConfirmationRecord => {
      const { code, no, digest } = inForce.get(documentId)!;
      return {
        _id: newId(),
        partyId,
        documentId,
        code,
        no,
        digest,
        at: tx.at,
        manner,
        channel,
        ...(evidenceRef === undefined ? {} : { evidenceRef }),
        by: { id: tx.actor.id, name: tx.actor.name },
      };
    });
    await this.#confirmations.insertMany(records, { session: tx.session });
    tx.trace({
      action: 'document.confirmed',
      subject: { type: 'Party', id: partyId },
      partyId,
      details: { channel, documents: records.map(({ documentId, manner }) => ({ documentId, manner })) },
    });
    return [];
  }

  /** The same in a transaction of its own. */
  confirmAlone(
    actor: Actor,
    partyId: string,
    channel: string,
    stated: readonly StatedConfirmation[],
  ): Promise<readonly Reason[]> {
    if (stated.length === 0)
      throw new PlatformError('DOCUMENT_INVALID', 'Name at least one document that was confirmed.');
    return this.#host.transact(actor, async (tx) => {
      const refused = await this.confirm(tx, partyId, channel, stated);
      if (refused.length > 0)
        tx.trace({
          action: 'document.confirmation-refused',
          subject: { type: 'Party', id: partyId },
          partyId,
          details: { channel, documents: refused.map(({ path }) => path ?? '') },
        });
      return refused;
    });
  }

  #approved(codes: readonly string[] | undefined, tx?: Tx): Promise<DocumentRecord[]> {
    return this.#documents
      .find(
        { state: 'APPROVED', ...(codes ? { code: { $in: [...codes] } } : {}) },
        { sort: { code: 1, no: 1 }, ...(tx ? { session: tx.session } : {}) },
      )
      .toArray();
  }

  get #documents() {
    return collectionOf<DocumentRecord>(this.#host, DOCUMENTS);
  }

  get #confirmations() {
    return collectionOf<ConfirmationRecord>(this.#host, CONFIRMATIONS);
  }
}

function digestOf(text: LocalizedText): string {
  return createHash('sha256').update(canonicalJson(text), 'utf8').digest('hex');
}

function refuseBad({ code, title, text }: NewDocumentVersion): void {
  const problem = !CODE.test(code)
    ? `"${code.slice(0, 64)}" is no code: use capitals, digits and hyphens, 2 to 40 of them`
    : [title.zh, title.en, text.zh, text.en].some((part) => part.trim() === '')
      ? 'title and text are needed in both languages'
      : Math.max(text.zh.length, text.en.length) > TEXT_CHARS_MAX
        ? `a text has at most ${TEXT_CHARS_MAX} characters`
        : undefined;
  if (problem !== undefined)
    throw new PlatformError('DOCUMENT_INVALID', `The document was not proposed: ${problem}.`);
}

function notInForce(documentId: string): Reason {
  return {
    code: 'DOCUMENT_NOT_IN_FORCE',
    text: {
      zh: `文件版本“${documentId}”不是现行版本，请向客户出示现行版本后再确认。`,
      en: `"${documentId}" is not the version in force. Show the client the one in force and confirm that.`,
    },
    path: documentId,
  };
}
