/** How a later row reaches those who already hold the product. Half-open: at exactly `from` it applies. */
export type ExistingHolders =
  | { readonly mode: 'never' }
  | { readonly mode: 'renewal'; readonly from: Date }
  | { readonly mode: 'date'; readonly from: Date };

/**
 * The shape that versions, price rows and ratings share: valid time (`saleFrom`, `saleUntil`) and record time
 * as catalogue sequence numbers. Rows are never changed; a correction is a new row plus `retractedSeq`.
 */
export interface InForceRow {
  /** Number of the row within what it belongs to, rising in the order of proposal, unique there. */
  readonly no: number;
  /** Catalogue sequence at which the row was recorded, approved and taken back; each counts from its own number on. */
  readonly recordedSeq: number;
  readonly approvedSeq?: number;
  readonly retractedSeq?: number;
  /** New sale from (inclusive) until (exclusive; open when absent). */
  readonly saleFrom: Date;
  readonly saleUntil?: Date;
  readonly existing: ExistingHolders;
}

export interface HolderView {
  /** `no` of the row that was bought. */
  readonly boughtNo: number;
  /** Instants at which the subscription was renewed, in any order; those after `at` are ignored. */
  readonly renewals: readonly Date[];
}

export interface InForceQuery {
  readonly at: Date;
  /** The catalogue as of this sequence: what was recorded, approved or retracted later is not yet known. */
  readonly knownSeq: number;
  /** Present: what applies to this holder. Absent: what a buyer gets. */
  readonly holder?: HolderView;
}

/** Recorded, approved and not retracted as far as `knownSeq` tells. */
export function isEffective(row: InForceRow, knownSeq: number): boolean {
  return (
    row.recordedSeq <= knownSeq &&
    row.approvedSeq !== undefined &&
    row.approvedSeq <= knownSeq &&
    (row.retractedSeq === undefined || row.retractedSeq > knownSeq)
  );
}

/** Within the row's sale window, `[saleFrom, saleUntil)`. */
export function isOnSale(row: InForceRow, at: Date): boolean {
  return row.saleFrom <= at && (row.saleUntil === undefined || at < row.saleUntil);
}

/**
 * Which row applies at `at`, as far as was known at `knownSeq`; `undefined` when none does.
 *
 * A buyer gets the greatest `(saleFrom, no)` among effective rows on sale. A holder starts at the row bought and
 * folds later effective ones by number, whatever their sale window: holders keep what they hold, so neither the end
 * of sale nor a retraction of the row bought takes it away. Ratings are asked for without a holder: the current
 * one decides.
 */
export function inForce<Row extends InForceRow>(rows: readonly Row[], query: InForceQuery): Row | undefined {
  return query.holder === undefined
    ? forBuyer(rows, query)
    : forHolder(rows, query, query.holder.boughtNo, query.holder.renewals);
}

/**
 * The next instant after `at` at which a buyer's answer may change, for a snapshot that must look again then;
 * `undefined` when it never does without a new catalogue sequence.
 */
export function nextSaleCrossing(
  rows: readonly InForceRow[],
  { at, knownSeq }: { at: Date; knownSeq: number },
): Date | undefined {
  let next: Date | undefined;
  for (const row of rows) {
    if (!isEffective(row, knownSeq)) continue;
    if (row.saleFrom > at && (next === undefined || row.saleFrom < next)) next = row.saleFrom;
    const until = row.saleUntil;
    if (until !== undefined && until > at && (next === undefined || until < next)) next = until;
  }
  return next;
}

function forBuyer<Row extends InForceRow>(rows: readonly Row[], { at, knownSeq }: InForceQuery) {
  let best: Row | undefined;
  for (const row of rows) {
    if (!isEffective(row, knownSeq) || !isOnSale(row, at)) continue;
    if (best === undefined || startsLater(row, best)) best = row;
  }
  return best;
}

function startsLater(row: InForceRow, than: InForceRow): boolean {
  const difference = row.saleFrom.getTime() - than.saleFrom.getTime();
  return difference > 0 || (difference === 0 && row.no > than.no);
}

function forHolder<Row extends InForceRow>(
  rows: readonly Row[],
  { at, knownSeq }: InForceQuery,
  boughtNo: number,
  renewals: readonly Date[],
) {
  let held: Row | undefined;
  for (const row of rows) {
    // Folding by number comes to the greatest number that has reached the holder: a switch is never taken back.
    if (row.no < boughtNo || (held !== undefined && row.no <= held.no)) continue;
    const reached =
      row.no === boughtNo
        ? row.recordedSeq <= knownSeq
        : isEffective(row, knownSeq) && hasReached(row.existing, at, renewals);
    if (reached) held = row;
  }
  return held;
}

function hasReached(existing: ExistingHolders, at: Date, renewals: readonly Date[]): boolean {
  switch (existing.mode) {
    case 'never':
      return false;
    case 'date':
      return existing.from <= at;
    case 'renewal':
      for (const renewal of renewals) if (renewal >= existing.from && renewal <= at) return true;
      return false;
  }
}
