import type { Channel, ExistingHolders, PriceRowRecord } from '../catalog/records.ts';

/** A price row as a maker states it. */
export interface PriceRowInput {
  readonly scope?: PriceRowRecord['scope'];
  /** Absent: on any channel. */
  readonly channel?: Channel;
  readonly currency: PriceRowRecord['currency'];
  /** 分 for CNY, whole points for POINTS. */
  readonly amountMinor: number;
  readonly billing: PriceRowRecord['billing'];
  /** 1 where absent. */
  readonly quantityFrom?: number;
  readonly pointsShareMaxPct?: number;
  /** Where absent: from the instant at which it is proposed. */
  readonly saleFrom?: Date;
  readonly saleUntil?: Date;
  /** `never` where absent: who holds the product keeps the price bought. */
  readonly existing?: ExistingHolders;
  /** Id of the row that this one takes back when it is approved. */
  readonly retracts?: string;
}
