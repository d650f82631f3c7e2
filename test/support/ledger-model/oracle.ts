import type { RefusalCode } from '../../../plugins/loyalty/ledger/command.ts';

/**
 * What an account of points must come to, told a second time and in another way: points are grains in a list, and time
 * passes midnight by midnight. Slow and plain on purpose; shares no code with the ledger.
 */
export interface Grain {
  /** Last month of life, `YYYY-MM`. */
  month: string;
  points: number;
  /** Shanghai date from which it can be spent; absent once it can. */
  from?: string;
}

export interface OracleHold {
  state: 'RESERVED' | 'CONFIRMED' | 'CANCELLED' | 'EXPIRED' | 'REFUNDED';
  parts: { month: string; points: number; refunded: number }[];
  endsAt: number;
  paidTo: string;
}

/** An entry that may be taken back. */
export interface OracleGift {
  /** Positive: the client got them. */
  readonly points: number;
  readonly month: string;
  readonly from: string | undefined;
  readonly parts: readonly { month: string; points: number }[];
  taken: number;
}

export interface OraclePolicy {
  /** Points live to the end of the year so many years later, or of the month so many months later. */
  readonly years?: number;
  readonly months?: number;
  readonly owedMax: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export class Oracle {
  grains: Grain[] = [];
  owed = 0;
  readonly holds: OracleHold[] = [];
  readonly gifts: OracleGift[] = [];
  /** ISSUER, WRITTEN_OFF, EXPIRED, MERCHANT:… */
  readonly others = new Map<string, number>();
  /** Midnights passed, and now. */
  #day: number;
  now: number;
  readonly #policy: OraclePolicy;

  constructor(now: number, policy: OraclePolicy) {
    this.now = now;
    this.#day = dayNumber(now);
    this.#policy = policy;
  }

  wait(ms: number): void {
    this.now += ms;
    while (this.#day < dayNumber(this.now)) {
      this.#day++;
      const today = dateOf(this.#day);
      const over = this.grains.filter(({ from, month }) => !from && month < today.slice(0, 7));
      this.#move('EXPIRED', total(over));
      this.grains = this.grains.filter((grain) => !over.includes(grain));
      for (const grain of this.grains) if (grain.from === today) delete grain.from;
      this.#repay();
    }
  }

  earn(points: number, pendingDays: number): void {
    const month = this.#lastMonth();
    const from = pendingDays > 0 ? dateOf(this.#day + pendingDays) : undefined;
    // Points live at least through the month after the one in which they can first be spent.
    const least = from === undefined ? '' : nextMonth(from);
    const lasting = month < least ? least : month;
    this.grains.push({ month: lasting, points, ...(from === undefined ? {} : { from }) });
    this.gifts.push({ points, month: lasting, from, parts: [], taken: 0 });
    this.#move('ISSUER', -points);
    this.#repay();
  }

  adjust(points: number): RefusalCode | undefined {
    const month = this.#lastMonth();
    if (points > 0) {
      this.grains.push({ month, points });
      this.gifts.push({ points, month, from: undefined, parts: [], taken: 0 });
    } else {
      if (this.available < -points) return 'INSUFFICIENT_POINTS';
      this.gifts.push({ points, month, from: undefined, parts: this.#take(-points), taken: 0 });
    }
    this.#move('ISSUER', -points);
    this.#repay();
    return undefined;
  }

  reserve(points: number, holdMs: number, merchant: string | undefined): RefusalCode | undefined {
    if (this.available < points) return 'INSUFFICIENT_POINTS';
    this.holds.push({
      state: 'RESERVED',
      parts: this.#take(points).map((part) => ({ ...part, refunded: 0 })),
      endsAt: this.now + holdMs,
      paidTo: merchant === undefined ? 'ISSUER' : `MERCHANT:${merchant}`,
    });
    return undefined;
  }

  end(hold: OracleHold | undefined, how: 'confirm' | 'cancel' | 'time-out'): RefusalCode | undefined {
    if (!hold) return 'REDEMPTION_UNKNOWN';
    if (hold.state !== 'RESERVED') return 'REDEMPTION_STATE';
    if (how === 'time-out' && this.now < hold.endsAt) return 'HOLD_NOT_OVER';
    if (how === 'confirm') {
      this.#move(hold.paidTo, total(hold.parts));
      hold.state = 'CONFIRMED';
      return undefined;
    }
    for (const { month, points } of hold.parts) this.#comeBack(month, points);
    hold.state = how === 'cancel' ? 'CANCELLED' : 'EXPIRED';
    this.#repay();
    return undefined;
  }

  refund(hold: OracleHold | undefined, asked: number | undefined): RefusalCode | undefined {
    if (!hold) return 'REDEMPTION_UNKNOWN';
    if (hold.state !== 'CONFIRMED') return 'REDEMPTION_STATE';
    const rest = hold.parts.reduce((sum, { points, refunded }) => sum + points - refunded, 0);
    if ((asked ?? rest) > rest) return 'REFUND_TOO_MUCH';
    this.#move(hold.paidTo, -(asked ?? rest));
    for (let point = 0; point < (asked ?? rest); point++) {
      // One point after another, each of the part that lives longest.
      const part = hold.parts.findLast(({ points, refunded }) => refunded < points)!;
      part.refunded++;
      this.#comeBack(part.month, 1);
    }
    if (rest === (asked ?? rest)) hold.state = 'REFUNDED';
    this.#repay();
    return undefined;
  }

  reverse(gift: OracleGift | undefined, asked: number | undefined): RefusalCode | undefined {
    if (!gift) return 'JOURNAL_UNKNOWN';
    const rest = Math.abs(gift.points) - gift.taken;
    if (rest === 0 || (asked ?? rest) > rest) return 'ALREADY_REVERSED';
    if (gift.points < 0 && (asked ?? rest) < rest) return 'NOT_REVERSIBLE';
    gift.taken += asked ?? rest;
    if (gift.points < 0) {
      this.#move('ISSUER', gift.points);
      for (const { month, points } of gift.parts) this.#comeBack(month, points);
      this.#repay();
      return undefined;
    }
    this.#move('ISSUER', asked ?? rest);
    const { month, from } = gift;
    const own = (grain: Grain) => grain.from !== undefined && grain.from === from && grain.month === month;
    let missing = this.#drain(asked ?? rest, own);
    missing = this.#drain(missing, (grain) => grain.from === undefined && grain.month === month);
    missing = this.#drain(missing, (grain) => grain.from === undefined);
    const debt = Math.min(missing, Math.max(0, this.#policy.owedMax - this.owed));
    this.owed += debt;
    this.#move('WRITTEN_OFF', debt - missing);
    return undefined;
  }

  get available(): number {
    return total(this.grains.filter(({ from }) => from === undefined));
  }

  get pending(): number {
    return total(this.grains.filter(({ from }) => from !== undefined));
  }

  get reserved(): number {
    return this.holds.reduce((sum, { state, parts }) => sum + (state === 'RESERVED' ? total(parts) : 0), 0);
  }

  /** Points by month, of those that can be spent. */
  lots(): Record<string, number> {
    const lots: Record<string, number> = {};
    for (const { from, month, points } of this.grains)
      if (from === undefined) lots[month] = (lots[month] ?? 0) + points;
    return lots;
  }

  #lastMonth(): string {
    const { years, months = 0 } = this.#policy;
    let date = dateOf(this.#day);
    if (years !== undefined) return `${Number(date.slice(0, 4)) + years}-12`;
    for (let passed = 0; passed < months; passed++) date = `${nextMonth(date)}-01`;
    return date.slice(0, 7);
  }

  #comeBack(month: string, points: number): void {
    const now = dateOf(this.#day);
    this.grains.push({ month: month < now.slice(0, 7) ? nextMonth(now) : month, points });
  }

  #repay(): void {
    this.owed = this.#drain(this.owed, ({ from }) => from === undefined);
  }

  #take(points: number): { month: string; points: number }[] {
    const before = this.lots();
    this.#drain(points, ({ from }) => from === undefined);
    const after = this.lots();
    return Object.keys(before)
      .sort()
      .map((month) => ({ month, points: before[month]! - (after[month] ?? 0) }))
      .filter((part) => part.points > 0);
  }

  /** Takes from matching grains, the soonest to expire first; returns what they did not have. */
  #drain(points: number, match: (grain: Grain) => boolean): number {
    let missing = points;
    for (const grain of this.grains.filter(match).sort((a, b) => (a.month < b.month ? -1 : 1))) {
      const part = Math.min(missing, grain.points);
      grain.points -= part;
      missing -= part;
    }
    this.grains = this.grains.filter((grain) => grain.points > 0);
    return missing;
  }

  #move(account: string, points: number): void {
    this.others.set(account, (this.others.get(account) ?? 0) + points);
  }
}

function total(parts: readonly { points: number }[]): number {
  return parts.reduce((sum, { points }) => sum + points, 0);
}

/** Shanghai days since 1970; Shanghai is eight hours ahead. */
function dayNumber(ms: number): number {
  return Math.floor((ms + 8 * HOUR_MS) / DAY_MS);
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function nextMonth(date: string): string {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
}
