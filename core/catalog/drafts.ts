import type { Actor } from '../access/actor.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import type { PriceRowInput } from '../pricing/input.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService, type RatingInput } from '../risk/token.ts';
import { attributeErrors } from './attributes.ts';
import { collection, defined } from './collections.ts';
import { allKinds, kindInUse, kindMissing } from './kinds.ts';
import { nextReview } from './lifecycle.ts';
import { abandon, orAbandoned, refuse, type Refused } from './outcome.ts';
import { below } from './parts.ts';
import { lastPublished } from './publish.ts';
import {
  CATALOG,
  type CategoryRecord,
  type ExistingHolders,
  type KindRecord,
  type ProductContent,
  type ProductRecord,
  type VersionRecord,
} from './records.ts';

/** A draft as its maker states it: content, and on which terms it will apply. */
export interface DraftInput {
  readonly content: Omit<ProductContent, 'kindVersion'>;
  /** New sale from (the instant of the draft where absent) until; when existing holders take it over. */
  readonly saleFrom?: Date;
  readonly saleUntil?: Date;
  readonly existing?: ExistingHolders;
  /** Replaces the open price rows that are submitted together with this draft. */
  readonly prices?: readonly PriceRowInput[];
  /** Replaces the open rating that is submitted together with this draft. */
  readonly rating?: RatingInput;
}

export interface NewProduct extends DraftInput {
  readonly code: string;
  readonly kind: string;
  /** `/` (headquarters) where absent. */
  readonly orgPath?: string;
}

export interface DraftSaved {
  readonly productId: string;
  readonly versionNo: number;
  readonly revision: number;
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const NAME_LENGTH_MAX = 100;
const SUMMARY_LENGTH_MAX = 500;

/** Creates a product with its first draft, and with its first prices and rating where the draft carries them. */
export async function createProduct(
  host: Host,
  actor: Actor,
  input: NewProduct,
): Promise<DraftSaved | Refused> {
  try {
    return await orAbandoned<DraftSaved, Refused>(
      host.transact(actor, async (tx) => {
        const products = collection<ProductRecord>(host, CATALOG.products);
        if (await products.findOne({ code: input.code }, { session: tx.session }))
          refuse(codeTaken(input.code));
        const kind = kindInUse(await allKinds(host, tx), input.kind) ?? refuse(kindMissing(input.kind));
        const reasons = [...codeErrors(input.code), ...(await contentErrors(host, tx, kind, input))];
        if (reasons.length > 0) refuse(...reasons);
        const product = newProduct(input, tx.at);
        await products.insertOne(product, { session: tx.session });
        await insertVersion(host, tx, newVersion(product, 1, kind, input, tx, await lastPublished(host, tx)));
        await saveParts(host, tx, product._id, input);
        tx.trace({
          action: 'product.created',
          subject: { type: 'Product', id: product._id },
          details: { code: product.code, kind: product.kind, versionNo: 1 },
        });
        return { productId: product._id, versionNo: 1, revision: product.revision };
      }),
    );
  } catch (error) {
    if (isDuplicateKey(error)) return { refused: [codeTaken(input.code)] };
    throw error;
  }
}

/**
 * Saves the product's draft. Where the newest version is past being a draft, a new version begins; after a rejection
 * or withdrawal it takes along copies of the prices and rating that were closed with it.
 * @param expectedRevision refuses the save when somebody else changed the product since it was read
 */
export async function saveDraft(
  host: Host,
  actor: Actor,
  productId: string,
  input: DraftInput,
  expectedRevision?: number,
): Promise<DraftSaved | Refused> {
  return orAbandoned<DraftSaved, Refused>(
    host.transact(actor, async (tx) => {
      const products = collection<ProductRecord>(host, CATALOG.products);
      const product =
        (await products.findOne({ _id: productId }, { session: tx.session })) ?? refuse(noProduct());
      if (expectedRevision !== undefined && product.revision !== expectedRevision) refuse(changedMeanwhile());
      if (product.sale === 'ARCHIVED') refuse(archived());
      const kind = kindInUse(await allKinds(host, tx), product.kind) ?? refuse(kindMissing(product.kind));
      const reasons = await contentErrors(host, tx, kind, input);
      if (reasons.length > 0) refuse(...reasons);
      const versionNo = await writeDraft(host, tx, product, kind, input);
      await saveParts(host, tx, productId, input);
      await products.updateOne(
        { _id: productId },
        {
          $set: { lastVersionNo: versionNo, lastReview: 'DRAFT', changedAt: tx.at },
          $inc: { revision: 1 },
        },
        { session: tx.session },
      );
      tx.trace({
        action: 'product.draft-saved',
        subject: { type: 'Product', id: productId },
        details: { versionNo, new: versionNo !== product.lastVersionNo },
      });
      return { productId, versionNo, revision: product.revision + 1 };
    }),
  );
}

async function writeDraft(host: Host, tx: Tx, product: ProductRecord, kind: KindRecord, input: DraftInput) {
  if (product.lastReview === 'IN_REVIEW') {
    const next = nextReview('IN_REVIEW', { command: 'edit', actorId: tx.actor.id, makerIds: [] });
    if ('refused' in next) refuse(next.refused);
  }
  const seq = await lastPublished(host, tx);
  if (product.lastReview === 'DRAFT') {
    const versions = collection<VersionRecord>(host, CATALOG.versions);
    const draft = newVersion(product, product.lastVersionNo, kind, input, tx, seq);
    const before = await versions.findOne({ _id: draft._id }, { session: tx.session });
    const drafterIds = [...new Set([...(before?.drafterIds ?? []), before!.maker.id])];
    await versions.replaceOne({ _id: draft._id }, { ...draft, drafterIds }, { session: tx.session });
    return product.lastVersionNo;
  }
  if (product.lastReview !== 'APPROVED') {
    if (input.prices === undefined) await host.service(pricingService).reopen(tx, product._id);
    if (input.rating === undefined) await host.service(riskService).reopen(tx, product._id);
  }
  const no = product.lastVersionNo + 1;
  await insertVersion(host, tx, newVersion(product, no, kind, input, tx, seq));
  return no;
}

async function saveParts(host: Host, tx: Tx, productId: string, input: DraftInput): Promise<void> {
  if (input.prices !== undefined) {
    const reasons = await host.service(pricingService).saveDraftRows(tx, productId, input.prices);
    if (reasons.length > 0) abandon({ refused: below('prices', reasons) } satisfies Refused);
  }
  if (input.rating !== undefined) {
    const reasons = await host.service(riskService).saveDraftRating(tx, productId, input.rating);
    if (reasons.length > 0) abandon({ refused: below('rating', reasons) } satisfies Refused);
  }
}

function insertVersion(host: Host, tx: Tx, version: VersionRecord) {
  return collection<VersionRecord>(host, CATALOG.versions).insertOne(version, { session: tx.session });
}

export function newProduct(input: Pick<NewProduct, 'code' | 'kind' | 'orgPath'>, at: Date): ProductRecord {
  return {
    _id: newId(),
    code: input.code,
    kind: input.kind,
    sale: 'NOT_LISTED',
    blocks: [],
    lastVersionNo: 1,
    lastReview: 'DRAFT',
    orgPath: input.orgPath ?? '/',
    seq: 0,
    revision: 1,
    createdAt: at,
    changedAt: at,
  };
}

export function newVersion(
  product: Pick<ProductRecord, '_id'>,
  no: number,
  kind: Pick<KindRecord, 'version'>,
  input: DraftInput,
  tx: Pick<Tx, 'at' | 'actor'>,
  recordedSeq: number,
): VersionRecord {
  return defined({
    _id: `${product._id}:${no}`,
    productId: product._id,
    no,
    review: 'DRAFT',
    content: defined({ ...input.content, kindVersion: kind.version }),
    maker: { id: tx.actor.id, name: tx.actor.name },
    changedAt: tx.at,
    recordedSeq,
    saleFrom: input.saleFrom ?? tx.at,
    saleUntil: input.saleUntil,
    existing: input.existing ?? { mode: 'never' },
  }) as VersionRecord;
}

/** What stands against the content itself, complete or not. */
export function contentShapeErrors(kind: KindRecord, input: DraftInput): Reason[] {
  const reasons = attributeErrors(kind, input.content.attributes);
  const { name, summary } = input.content;
  if ([name.zh, name.en ?? ''].some((text) => text.length > NAME_LENGTH_MAX))
    reasons.push(tooLong('name', NAME_LENGTH_MAX));
  if ([summary?.zh ?? '', summary?.en ?? ''].some((text) => text.length > SUMMARY_LENGTH_MAX))
    reasons.push(tooLong('summary', SUMMARY_LENGTH_MAX));
  if (input.saleFrom && input.saleUntil && input.saleUntil <= input.saleFrom)
    reasons.push({
      code: 'WINDOW_EMPTY',
      text: { zh: '停售时间必须晚于起售时间。', en: 'The sale must end after it starts.' },
      path: 'saleUntil',
    });
  return reasons;
}

async function contentErrors(host: Host, tx: Tx, kind: KindRecord, input: DraftInput): Promise<Reason[]> {
  const reasons = contentShapeErrors(kind, input);
  for (const [path, tree] of [
    ['categoryId', CATALOG.categories],
    ['brandId', CATALOG.brands],
  ] as const) {
    const id = input.content[path];
    if (id && !(await collection<CategoryRecord>(host, tree).findOne({ _id: id }, { session: tx.session })))
      reasons.push({
        code: 'REFERENCE_UNKNOWN',
        text: { zh: `不存在的引用：${path}。`, en: `${path} names nothing that exists.` },
        path,
      });
  }
  return reasons;
}

export function codeErrors(code: string): Reason[] {
  if (CODE.test(code)) return [];
  return [
    {
      code: 'CODE_INVALID',
      text: {
        zh: '产品代码须为 1–32 位字母、数字、点、连字符或下划线，且以字母或数字开头。',
        en: 'A product code has 1–32 letters, digits, dots, hyphens or underscores and begins with a letter or digit.',
      },
      path: 'code',
    },
  ];
}

function codeTaken(code: string): Reason {
  return {
    code: 'CODE_TAKEN',
    text: {
      zh: `产品代码“${code}”已被使用，且不可重复使用。`,
      en: `The code "${code}" is taken; codes are never used twice.`,
    },
    path: 'code',
  };
}

export function noProduct(): Reason {
  return {
    code: 'PRODUCT_UNKNOWN',
    text: { zh: '没有这个产品。', en: 'There is no such product.' },
    path: 'productId',
  };
}

function changedMeanwhile(): Reason {
  return {
    code: 'CHANGED_MEANWHILE',
    text: {
      zh: '他人已修改该产品，请重新载入后再保存。',
      en: 'Somebody else changed this product: load it again, then save.',
    },
    path: 'revision',
  };
}

function archived(): Reason {
  return { code: 'ARCHIVED', text: { zh: '产品已归档。', en: 'The product is archived.' } };
}

function tooLong(path: string, lengthMax: number): Reason {
  return {
    code: 'TEXT_TOO_LONG',
    text: { zh: `${path} 最多 ${lengthMax} 个字。`, en: `${path} has at most ${lengthMax} characters.` },
    path,
  };
}
