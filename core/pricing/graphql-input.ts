import {
  existingFields,
  present,
  reviewOfRow,
  toExisting,
  type ExistingMode,
} from '../catalog/graphql-input.ts';
import type { Channel, PriceRowRecord } from '../catalog/records.ts';
import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { PriceRowInput } from './input.ts';

type Maybe<T> = T | null | undefined;

export interface PriceRowArg {
  readonly scope: string;
  readonly scopeRef?: Maybe<string>;
  readonly channel?: Maybe<Channel>;
  readonly currency: PriceRowRecord['currency'];
  readonly amountMinor: number;
  readonly billing: PriceRowRecord['billing'];
  readonly quantityFrom: number;
  readonly pointsShareMaxPct?: Maybe<number>;
  readonly saleFrom?: Maybe<Date>;
  readonly saleUntil?: Maybe<Date>;
  readonly existing: ExistingMode;
  readonly existingFrom?: Maybe<Date>;
  readonly retracts?: Maybe<string>;
}

export function toRowInput(row: PriceRowArg): PriceRowInput {
  const { scope, scopeRef, channel, currency, amountMinor, billing, quantityFrom } = row;
  const { pointsShareMaxPct, saleFrom, saleUntil, retracts } = row;
  return {
    scope: { kind: scope, ...present({ ref: scopeRef }) },
    currency,
    amountMinor,
    billing,
    quantityFrom,
    ...present({ channel, pointsShareMaxPct, saleFrom, saleUntil }),
    existing: toExisting(row.existing, row.existingFrom),
    ...(retracts == null ? {} : { retracts: fromGlobalId('PriceRow', retracts) }),
  };
}

/** The fields of a price row that are not stored as they are shown. */
export const priceRowFields = {
  id: (row: PriceRowRecord) => toGlobalId('PriceRow', row._id),
  scope: (row: PriceRowRecord) => row.scope.kind,
  scopeRef: (row: PriceRowRecord) => row.scope.ref ?? null,
  ...existingFields,
  review: reviewOfRow,
  maker: (row: PriceRowRecord) => row.maker.name,
  approvalId: (row: PriceRowRecord) => (row.approvalId ? toGlobalId('Approval', row.approvalId) : null),
};
