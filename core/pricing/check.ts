import type { PriceRowRecord } from '../catalog/records.ts';
import type { Reason } from '../plugin/contract.ts';
import { findAmbiguities, type Ambiguity, type AmbiguityFacts } from './ambiguity.ts';
import type { PriceRowInput } from './input.ts';
import { priceRowSchema, type PriceRow } from './price-row.ts';

/** A stored row as the pure pricing functions read it. */
export function toPriceRow({
  _id: id,
  maker: _maker,
  approvalId: _approvalId,
  closed: _closed,
  ...row
}: PriceRowRecord): PriceRow {
  return { id, ...row };
}

/** The record of a row that is being proposed. */
export function toRowRecord(
  productId: string,
  no: number,
  input: PriceRowInput,
  made: { readonly at: Date; readonly recordedSeq: number; readonly maker: PriceRowRecord['maker'] },
): PriceRowRecord {
  return {
    _id: `${productId}:${no}`,
    productId,
    no,
    scope: input.scope ?? { kind: 'everyone' },
    ...(input.channel === undefined ? {} : { channel: input.channel }),
    currency: input.currency,
    amountMinor: input.amountMinor,
    billing: input.billing,
    quantityFrom: input.quantityFrom ?? 1,
    ...(input.pointsShareMaxPct === undefined ? {} : { pointsShareMaxPct: input.pointsShareMaxPct }),
    ...(input.retracts === undefined ? {} : { retracts: input.retracts }),
    maker: made.maker,
    recordedSeq: made.recordedSeq,
    saleFrom: input.saleFrom ?? made.at,
    ...(input.saleUntil === undefined ? {} : { saleUntil: input.saleUntil }),
    existing: input.existing ?? { mode: 'never' },
  };
}

/** What is wrong with each new row by itself, its place in `rows` being the path. */
export function shapeReasons(records: readonly PriceRowRecord[]): Reason[] {
  return records.flatMap((record, index) => {
    const parsed = priceRowSchema.safeParse(toPriceRow(record));
    if (parsed.success) return [];
    return parsed.error.issues.map((issue) => {
      const path = [index, ...issue.path].join('.');
      return {
        code: 'PRICE_ROW_INVALID',
        text: {
          zh: `价格行不正确：${path}（${issue.message}）`,
          en: `Price row, ${path}: ${issue.message}.`,
        },
        path,
      };
    });
  });
}

/** Pairs of rows without precedence between them, both named, among all rows of one product that can still count. */
export function ambiguityReasons(records: readonly PriceRowRecord[], facts: AmbiguityFacts): Reason[] {
  const open = records.filter((record) => record.closed === undefined).map(toPriceRow);
  return findAmbiguities(open, facts).map(toReason);
}

function toReason({ rowIds, why }: Ambiguity): Reason {
  const [one, other] = rowIds;
  return {
    code: 'AMBIGUOUS_PRICE_ROWS',
    text: {
      zh: `价格行 ${one} 与 ${other} 无法区分先后（${WHY[why].zh}）。请修改其中一行或收回旧行。`,
      en: `Neither of the price rows ${one} and ${other} goes before the other: ${WHY[why].en}. Change one, or take the old one back.`,
    },
    path: one,
  };
}

const WHY: Readonly<Record<Ambiguity['why'], { readonly zh: string; readonly en: string }>> = {
  SAME_KEY_AND_START: {
    zh: '对象、渠道、数量与开始时间相同',
    en: 'they are for the same clients from the same instant',
  },
  CLUBS_OF_EQUAL_RANK: { zh: '俱乐部级别相同或未知', en: 'their clubs have the same rank or an unknown one' },
  SCOPES_MAY_OVERLAP: { zh: '适用对象可能重叠', en: 'a client could fall under both' },
};
